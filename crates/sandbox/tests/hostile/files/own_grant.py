# Gives a granted file away, and marks it.
# outside: root
path = world["data"] + "/input.csv"
attempt("owner", lambda: os.chown(path, 12345, 12345) is None)
attempt("attribute", lambda: os.setxattr(path, b"trusted.hostile", b"x") is None)
