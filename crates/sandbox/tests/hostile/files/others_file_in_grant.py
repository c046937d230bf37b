# Reads a file in a granted folder that belongs to another user and is private.
# outside: root
if world["root"]:
    attempt("read it", lambda: read(world["data"] + "/others"))
else:
    failed("read it", "only root can lay this trap")
