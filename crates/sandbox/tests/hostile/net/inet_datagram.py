# Sends a datagram to the host.
# outside: anyone
def send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as it:
        return it.sendto(b"hostile", ("127.0.0.1", world["udp"])) > 0
attempt("datagram", send)
