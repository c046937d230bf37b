# Mounts in a namespace of mounts of its own.
# outside: root
# ends: seccomp
def mount():
    call("unshare", 0x20000)
    call("mount", 0, b"/", 0, 16384 | (1 << 18), 0)
    return done("mount", b"x", world["tmp"].encode(), b"tmpfs", 0, 0)
attempt("mount", lambda: in_child(mount))
