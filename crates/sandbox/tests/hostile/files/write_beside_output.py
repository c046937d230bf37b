# Writes into the folder that holds the output folder.
# outside: anyone
attempt("by its full path", lambda: write(world["parent"] + "/planted"))
attempt("by dots", lambda: write(world["out"] + "/../planted-too"))
