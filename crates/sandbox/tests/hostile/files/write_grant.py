# Changes a file that was granted for reading.
# outside: anyone
path = world["data"] + "/input.csv"
attempt("append", lambda: write(path, mode="ab"))
attempt("truncate", lambda: os.truncate(path, 0) is None)
attempt("overwrite", lambda: write(path))
attempt("make beside it", lambda: write(world["data"] + "/new"))
attempt("rename", lambda: os.rename(path, path + "2") is None)
attempt("replace", lambda: os.symlink("/etc/passwd", path) is None)
attempt("remove", lambda: os.unlink(path) is None)
