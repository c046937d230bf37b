# Makes namespaces as root of the host can.
# outside: root
# ends: seccomp
for name, flag in (("mount", 0x20000), ("net", 0x40000000), ("ipc", 0x8000000), ("user", 0x10000000)):
    attempt(name, lambda: in_child(lambda: done("unshare", flag)))
