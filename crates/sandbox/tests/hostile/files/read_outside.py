# Reads a file of the host by its full path.
# outside: anyone
attempt("read a file that was not granted", lambda: read(world["secret"]))
attempt("list its folder", lambda: os.listdir(world["outside"]))
