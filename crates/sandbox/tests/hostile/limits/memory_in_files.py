# Hides memory in files that have no name.
# outside: anyone
attempt("memfd", lambda: os.ftruncate(os.memfd_create("x"), 1 << 20) is None)
if world["jailed"]:
    attempt("secret memory", lambda: opens("memfd_secret", 0))
    attempt("huge pages", lambda: mmap.mmap(-1, 2 << 20, mmap.MAP_PRIVATE | 0x40000))
