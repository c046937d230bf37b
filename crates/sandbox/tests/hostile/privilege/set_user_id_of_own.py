# Marks a program of its own.
# outside: anyone
def mark():
    path = world["out"] + "/marked"
    write(path, b"#!/bin/sh\n")
    os.chmod(path, 0o6755)
    return os.stat(path).st_mode & 0o6000 != 0 and not os.statvfs(world["out"]).f_flag & os.ST_NOSUID
attempt("mark", mark)
