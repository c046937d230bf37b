# Leaves names as long as there are, deep inside each other.
# outside: anyone
# allowed: SUCCEEDED
os.chdir(world["out"])
attempt("long", lambda: write("x" * 255))
def deep():
    for _ in range(20):
        os.mkdir("d" * 255)
        os.chdir("d" * 255)
    return write("end")
attempt("deep", deep)
