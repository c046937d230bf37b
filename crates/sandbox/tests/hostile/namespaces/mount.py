# Mounts, binds, and takes mounts away.
# outside: no; it would change this machine's mounts, or be refused to an ordinary user.
# ends: seccomp
tmp = world["tmp"].encode()
attempt("tmpfs", lambda: done("mount", b"x", tmp, b"tmpfs", 0, 0))
attempt("proc", lambda: done("mount", b"x", tmp, b"proc", 0, 0))
attempt("bind", lambda: done("mount", b"/usr", tmp, 0, 4096, 0))
attempt("writable", lambda: done("mount", 0, b"/usr", 0, 4096 | 32, 0))
attempt("writable grant", lambda: done("mount", 0, world["data"].encode(), 0, 4096 | 32, 0))
attempt("shared", lambda: done("mount", 0, b"/", 0, 1 << 20, 0))
attempt("unmount the grant", lambda: done("umount2", world["data"].encode(), 2))
attempt("unmount proc", lambda: done("umount2", b"/proc", 2))
attempt("unmount the root", lambda: done("umount2", b"/", 2))
