# Waits for connections from outside.
# outside: anyone
def listen():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as it:
        it.bind(("0.0.0.0", 0))
        it.listen()
        return it.getsockname()[1]
attempt("listen", listen)
