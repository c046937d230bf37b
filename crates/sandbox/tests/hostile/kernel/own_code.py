# Makes machine code in memory and runs it: then no library stands between it and the kernel.
# outside: anyone
if platform.machine() == "x86_64":
    # mov eax, 7; ret
    code = bytes([0xb8, 7, 0, 0, 0, 0xc3])
else:
    # mov w0, #7; ret
    code = bytes([0xe0, 0, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6])
def by_protection():
    place = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE, 3)
    place.write(code)
    start = ctypes.addressof(ctypes.c_char.from_buffer(place))
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    if libc.mprotect(start, 4096, 5) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return ctypes.CFUNCTYPE(ctypes.c_int)(start)() == 7
def by_own_memory():
    """The file of its own memory is not bound by protections."""
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
    place = libc.mmap(None, 4096, 5, 2, os.open(sys.executable, os.O_RDONLY), 0)
    memory = os.open("/proc/self/mem", os.O_RDWR)
    os.pwrite(memory, code, place)
    return ctypes.CFUNCTYPE(ctypes.c_int)(place)() == 7
attempt("both at once", lambda: machine_code(code) == 7)
attempt("by protection", by_protection)
attempt("by its own memory", by_own_memory)
if world["jailed"]:
    attempt("in the stack", lambda: libc.mprotect(ctypes.addressof(ctypes.create_string_buffer(1)) & ~4095, 4096, 7) == 0)
    attempt("old personality", lambda: call("personality", 0x0400000) >= 0)
