# Leaves one file under two names.
# outside: anyone
# allowed: SUCCEEDED
write(world["out"] + "/one")
attempt("two names", lambda: os.link(world["out"] + "/one", world["out"] + "/two") is None)
attempt("a name in tmp", lambda: os.link(world["out"] + "/one", world["tmp"] + "/three") is None)
