# Stops itself for good.
# outside: no; as above.
# limits: wall=400
# ends: timeout
os.kill(os.getpid(), signal.SIGSTOP)
