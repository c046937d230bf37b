# Leaves programs that run as whoever made them, for everyone to write to.
# outside: anyone
# allowed: SUCCEEDED
for name, mode in (("set-user-id", 0o4777), ("set-group-id", 0o2777), ("both", 0o6777), ("all", 0o777)):
    write(f"{world['out']}/{name}")
    attempt(name, lambda: os.chmod(f"{world['out']}/{name}", mode) is None)
os.mkdir(world["out"] + "/folder")
attempt("folder", lambda: os.chmod(world["out"] + "/folder", 0o7777) is None)
attempt("itself", lambda: os.chmod(world["out"], 0o7777) is None)
