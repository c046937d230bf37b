# Makes, changes and removes files beside one of the host's.
# outside: anyone
attempt("make", lambda: write(world["outside"] + "/planted"))
attempt("append", lambda: write(world["secret"], mode="ab"))
attempt("make a folder", lambda: os.mkdir(world["outside"] + "/folder") is None)
attempt("rename", lambda: os.rename(world["secret"], world["secret"] + ".away") is None)
