# Connects to a listener whose file lies in a granted folder. Neither a read-only mount, nor a network
# of its own, nor Landlock prevents it.
# outside: anyone
def connect():
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as it:
        os.chdir(world["data"])
        it.connect("socket")
        it.send(b"hostile")
    return True
attempt("socket in the granted folder", connect)
