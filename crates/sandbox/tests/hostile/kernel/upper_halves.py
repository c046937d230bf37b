# Sets bits of arguments that the kernel does not look at and a careless filter does.
# outside: no; there is no filter.
# ends: seccomp
high = 1 << 40
attempt("clone", lambda: in_child(lambda: call("clone", ctypes.c_ulong(high | 0x10000000 | signal.SIGCHLD), 0, 0, 0, 0) == 0))
attempt("prctl", lambda: libc.prctl(ctypes.c_ulong(high | 4), 1, 0, 0, 0) == 0)
attempt("ioctl", lambda: libc.ioctl(0, ctypes.c_ulong(high | 0x5412), b"x") == 0)
