# Makes a pair of connected sockets, by which descriptors could be passed.
# outside: anyone
attempt("pair", lambda: socket.socketpair())
attempt("datagram pair", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
