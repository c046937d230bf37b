# Stops a process of the same user for good.
# outside: anyone
attempt("stop", lambda: os.kill(world["victim"], signal.SIGSTOP) is None)
