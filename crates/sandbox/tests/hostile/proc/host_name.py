# Learns the name of the host.
# outside: anyone
attempt("host name", lambda: os.uname().nodename == world["hostname"])
attempt("socket's", lambda: socket.gethostname() == world["hostname"])
