# Maps what it has written as code: a library of its own.
# outside: anyone
def load():
    path = world["tmp"] + "/library.so"
    write(path, b"\xc3" * 4096)
    place = mmap.mmap(os.open(path, os.O_RDONLY), 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC)
    return len(place) == 4096
attempt("executable mapping", load)
