# Looks into the process that watches over the jail; without a jail, into any other.
# outside: root
first = world["first"]
for name in ("environ", "maps", "auxv", "syscall", "stack", "mountinfo", "smaps"):
    attempt(name, lambda: len(read(f"/proc/{first}/{name}")))
attempt("mem", lambda: os.open(f"/proc/{first}/mem", os.O_RDONLY))
for name in ("root", "cwd", "exe", "ns/mnt", "ns/user"):
    attempt(name, lambda: os.readlink(f"/proc/{first}/{name}"))
attempt("its descriptors", lambda: os.listdir(f"/proc/{first}/fd"))
attempt("root of it", lambda: read(f"/proc/{first}/root" + world["secret"]))
