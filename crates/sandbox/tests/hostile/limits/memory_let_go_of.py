# Fills shared memory and lets go of the pages: they stay, and count for nobody.
# outside: anyone
def fill():
    place = mmap.mmap(-1, 64 << 20)
    for _ in range(64):
        place.write(b"x" * (1 << 20))
        place.madvise(mmap.MADV_DONTNEED)
    return place[5:6] == b"x"
attempt("memory let go of", fill)
