# Makes raw sockets: echo requests, forged packets.
# outside: root
attempt("raw icmp", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("raw tcp", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 6))
attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x0300))
