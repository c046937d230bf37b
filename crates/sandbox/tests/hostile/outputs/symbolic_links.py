# Leaves links that lead out of the output.
# outside: anyone
# allowed: SUCCEEDED
attempt("to a file", lambda: os.symlink(world["secret"], world["out"] + "/link") is None)
attempt("to a folder", lambda: os.symlink(world["outside"], world["out"] + "/folder") is None)
attempt("dangling", lambda: os.symlink("/nowhere/x", world["out"] + "/dangling") is None)
