# Sends requests to descriptors that it has: block, network and entropy controls.
# outside: anyone
import fcntl
attempt("flags of a file", lambda: fcntl.ioctl(os.open(world["out"], os.O_RDONLY), 0x80086601, bytes(8)) is not None)
attempt("bytes in a terminal's buffer", lambda: fcntl.ioctl(os.open("/dev/urandom", os.O_RDONLY), 0x80045200, bytes(4)) is not None)
