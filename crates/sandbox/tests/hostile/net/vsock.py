# Speaks to the machine's hypervisor, for which a network of its own does not help.
# outside: anyone
attempt("vsock", lambda: socket.socket(40, socket.SOCK_STREAM))
attempt("vsock datagram", lambda: socket.socket(40, socket.SOCK_DGRAM))
