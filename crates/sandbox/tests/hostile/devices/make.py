# Makes devices of its own: a harmless one, a disk, the console.
# outside: root
# ends: seccomp
import stat
for name, kind, number in (("full", stat.S_IFCHR, (1, 7)), ("disk", stat.S_IFBLK, (7, 0)), ("console", stat.S_IFCHR, (5, 1))):
    attempt(name, lambda: os.mknod(f"{world['out']}/{name}", kind | 0o600, os.makedev(*number)) is None)
