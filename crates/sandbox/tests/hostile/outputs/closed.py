# Leaves what cannot be read or entered.
# outside: anyone
# allowed: SUCCEEDED
write(world["out"] + "/file")
os.makedirs(world["out"] + "/folder/inner")
attempt("file", lambda: os.chmod(world["out"] + "/file", 0) is None)
attempt("folder", lambda: os.chmod(world["out"] + "/folder", 0) is None)
attempt("itself", lambda: os.chmod(world["out"], 0) is None)
