# Makes sockets of the newer internet protocol.
# outside: anyone
attempt("stream", lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM))
attempt("datagram", lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
