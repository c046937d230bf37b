# Makes namespaces of its own, in which it would be root.
# outside: no; machines may forbid it to ordinary users.
# ends: seccomp
for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("pid", 0x20000000), ("net", 0x40000000), ("ipc", 0x8000000),
                   ("uts", 0x4000000), ("cgroup", 0x2000000), ("time", 0x80), ("user and mount", 0x10020000)):
    attempt(name, lambda: in_child(lambda: done("unshare", flag)))
