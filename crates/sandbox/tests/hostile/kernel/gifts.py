# Gives pages to a pipe, as attacks on page caches do.
# outside: anyone
def gift():
    there, here = os.pipe()
    held = ctypes.create_string_buffer(b"x" * 4096)
    return call("vmsplice", here, struct.pack("QQ", ctypes.addressof(held), 4096), 1, 8) > 0
attempt("vmsplice", gift)
attempt("splice", lambda: os.splice(os.open(sys.executable, os.O_RDONLY), os.pipe()[1], 1))
