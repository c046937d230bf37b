# Leaves a device.
# outside: root
# ends: seccomp
import stat
attempt("character", lambda: os.mknod(world["out"] + "/device", stat.S_IFCHR | 0o666, os.makedev(1, 1)) is None)
attempt("white-out", lambda: os.mknod(world["out"] + "/white-out", stat.S_IFCHR, 0) is None)
