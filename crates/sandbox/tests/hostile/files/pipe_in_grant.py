# Writes into a named pipe of the host that lies in a granted folder. A read-only mount does not
# prevent it.
# outside: anyone
attempt("named pipe", lambda: os.write(os.open(world["data"] + "/pipe", os.O_WRONLY | os.O_NONBLOCK), b"hostile") > 0)
