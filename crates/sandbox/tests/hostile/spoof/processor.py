# Sends itself the signal of spent processor time.
# outside: no; it is its own signal.
# ends: signalled 24
os.kill(os.getpid(), signal.SIGXCPU)
