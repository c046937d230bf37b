# Connects to a listener without a file, which no mount hides.
# outside: anyone
def connect():
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as it:
        it.connect("\0" + world["abstract"])
        it.send(b"hostile")
    return True
attempt("abstract", connect)
