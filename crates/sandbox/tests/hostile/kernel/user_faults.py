# Handles faults of memory itself: the usual helper of attacks on the kernel.
# outside: anyone
# ends: seccomp
attempt("userfaultfd", lambda: opens("userfaultfd", 1))
if world["jailed"]:
    attempt("device", lambda: os.open("/dev/userfaultfd", os.O_RDWR))
