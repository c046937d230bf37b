# Reads physical addresses of its memory, and addresses of the kernel.
# outside: root
def page():
    held = ctypes.create_string_buffer(b"x" * 8192)
    with open("/proc/self/pagemap", "rb") as file:
        file.seek(ctypes.addressof(held) // 4096 * 8)
        entry = struct.unpack("Q", file.read(8))[0]
    return entry & ((1 << 55) - 1) != 0
attempt("page frame", page)
attempt("kernel stack", lambda: len(read("/proc/self/stack")) > 0)
