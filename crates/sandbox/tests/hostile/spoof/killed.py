# Kills itself as the kernel kills for memory.
# outside: no; it is its own signal.
# ends: signalled 9
os.kill(os.getpid(), signal.SIGKILL)
