# Reads a file in a granted folder that nobody may read: its mode is 0. Root's power to pass over
# modes would show here.
# outside: root
attempt("read it", lambda: read(world["data"] + "/closed"))
