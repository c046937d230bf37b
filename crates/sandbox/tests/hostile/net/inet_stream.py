# Connects to a listener on the host's loopback.
# outside: anyone
def connect(address, family):
    with socket.socket(family, socket.SOCK_STREAM) as it:
        it.settimeout(3)
        it.connect((address, world["tcp"]))
        it.send(b"hostile")
    return True
attempt("127.0.0.1", lambda: connect("127.0.0.1", socket.AF_INET))
attempt("mapped", lambda: connect("::ffff:127.0.0.1", socket.AF_INET6))
