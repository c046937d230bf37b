# Uses a device that lies in a granted folder.
# outside: root
if world["root"]:
    attempt("device", lambda: len(read(world["data"] + "/device")))
else:
    failed("device", "only root can lay this trap")
