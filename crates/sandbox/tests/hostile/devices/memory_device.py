# Maps the device of zeros, and so gets memory that is not its own.
# outside: anyone
def share():
    place = mmap.mmap(os.open("/dev/zero", os.O_RDWR), 1 << 20)
    place.write(b"x" * (1 << 20))
    return True
attempt("zeros", share)
