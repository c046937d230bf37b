# Has the kernel merge equal pages, and learns by the time it takes what others hold.
# outside: anyone
def merge():
    place = mmap.mmap(-1, 1 << 20, mmap.MAP_PRIVATE)
    place.madvise(mmap.MADV_MERGEABLE)
    return True
attempt("merge", merge)
