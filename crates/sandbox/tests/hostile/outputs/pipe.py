# Leaves a named pipe, so that whoever reads the output waits for ever.
# outside: anyone
attempt("pipe", lambda: os.mkfifo(world["out"] + "/pipe") is None)
