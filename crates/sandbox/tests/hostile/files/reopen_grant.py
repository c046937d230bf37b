# Opens a granted file for reading, and the same file again for writing by its descriptor.
# outside: anyone
held = os.open(world["data"] + "/input.csv", os.O_RDONLY)
attempt("descriptor", lambda: os.write(os.open(f"/proc/self/fd/{held}", os.O_WRONLY), b"hostile") > 0)
attempt("dev", lambda: os.write(os.open(f"/dev/fd/{held}", os.O_WRONLY), b"hostile") > 0)
