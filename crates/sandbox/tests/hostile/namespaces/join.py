# Joins the namespaces of the first process.
# outside: root
# ends: seccomp
for name in ("mnt", "net", "ipc", "uts", "pid"):
    attempt(name, lambda: in_child(lambda: done("setns", os.open(f"/proc/{world['first']}/ns/{name}", os.O_RDONLY), 0)))
attempt("own user", lambda: in_child(lambda: done("setns", os.open("/proc/self/ns/uts", os.O_RDONLY), 0)))
