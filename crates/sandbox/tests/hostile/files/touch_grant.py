# Changes what is said of a granted file, not what is in it. Landlock knows no right for that.
# outside: anyone
path = world["data"] + "/input.csv"
attempt("times", lambda: os.utime(path, (1, 1)) is None)
attempt("mode", lambda: os.chmod(path, 0o777) is None)
attempt("mode of the folder", lambda: os.chmod(world["data"], 0o777) is None)
