# Has the kernel hold data in pipes.
# outside: anyone
import fcntl
def enlarge():
    there, here = os.pipe()
    return fcntl.fcntl(here, 1031, 1 << 20) >= 1 << 20
attempt("a large pipe", enlarge)
