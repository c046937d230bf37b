# Leaves a socket.
# outside: anyone
def leave():
    os.chdir(world["out"])
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as it:
        it.bind("socket")
    return True
attempt("socket", leave)
