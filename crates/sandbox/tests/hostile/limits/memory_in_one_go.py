# Reserves more than any machine has, and asks for all of the limit at once.
# outside: no; it is a bomb.
# limits: memory=96M
attempt("reserve", lambda: mmap.mmap(-1, 1 << 45, mmap.MAP_PRIVATE))
attempt("allocate", lambda: bytearray(1 << 42))
