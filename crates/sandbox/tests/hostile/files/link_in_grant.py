# Follows symbolic links in a granted folder that lead out of it.
# outside: anyone
attempt("full path", lambda: read(world["data"] + "/link"))
attempt("dots", lambda: read(world["data"] + "/dots"))
attempt("folder", lambda: os.listdir(world["data"] + "/folder"))
