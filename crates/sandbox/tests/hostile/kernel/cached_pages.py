# Learns what others have read lately.
# outside: root
def cached():
    held = os.open(sys.executable, os.O_RDONLY)
    return done("cachestat", held, struct.pack("QQ", 0, 0), ctypes.create_string_buffer(40), 0)
attempt("cachestat", cached)
