# Gives a granted file a second name in an output, and writes to it there.
# outside: anyone
def link():
    os.link(world["data"] + "/input.csv", world["out"] + "/linked")
    return write(world["out"] + "/linked", mode="ab")
attempt("hard link", link)
attempt("rename into the output", lambda: os.rename(world["data"] + "/input.csv", world["out"] + "/moved") is None)
attempt("exchange", lambda: done("renameat2", -100, (world["data"] + "/spare.csv").encode(), -100,
                                 (world["out"] + "/linked").encode(), 2))
