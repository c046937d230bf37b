# Reaches the same file by dots, by the root and the folder of processes, and by a folder left open.
# outside: anyone
secret = world["secret"]
attempt("dots", lambda: read("/tmp/../../../.." + secret))
attempt("root of this process", lambda: read("/proc/self/root" + secret))
attempt("folder of this process", lambda: read("/proc/self/cwd/../../../../../../.." + secret))
def up():
    place = os.open(world["data"], os.O_RDONLY)
    for _ in range(40):
        place = os.open("..", os.O_RDONLY, dir_fd=place)
    return os.read(os.open(secret.lstrip("/"), os.O_RDONLY, dir_fd=place), 100)
attempt("up from the granted folder", up)
