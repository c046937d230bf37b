# Sends itself the signal of a refused system call.
# outside: no; it is its own signal.
# ends: signalled 31
os.kill(os.getpid(), signal.SIGSYS)
