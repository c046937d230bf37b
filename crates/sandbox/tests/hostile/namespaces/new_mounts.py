# Mounts by the newer calls, which many filters do not know.
# outside: root
# ends: seccomp
attempt("fsopen", lambda: opens("fsopen", b"tmpfs", 0))
attempt("fspick", lambda: opens("fspick", -100, b"/", 0))
attempt("open_tree", lambda: opens("open_tree", -100, b"/usr", 1))
if world["jailed"]:
    attempt("move_mount", lambda: done("move_mount", -100, b"/tmp", -100, b"/tmp", 0))
    attempt("mount_setattr", lambda: done("mount_setattr", -100, world["data"].encode(), 0, struct.pack("4Q", 0, 1, 0, 0), 32))
    attempt("statmount", lambda: done("statmount", 0, 0, 0, 0))
    attempt("listmount", lambda: done("listmount", 0, 0, 0, 0))
