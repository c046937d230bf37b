# Makes calls by the x32 table, which is the 64-bit one with a bit set.
# outside: no; kernels rarely have it.
# ends: seccomp
libc.syscall.restype = ctypes.c_long
for name in ("socket", "ptrace", "unshare", "mount", "memfd_create"):
    number = CALLS[name][0] | 0x40000000
    ctypes.set_errno(0)
    if libc.syscall(ctypes.c_long(number), ctypes.c_long(2), ctypes.c_long(1), ctypes.c_long(0), ctypes.c_long(0)) >= 0:
        succeeded(name)
    else:
        failed(name, os.strerror(ctypes.get_errno()))
