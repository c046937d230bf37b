# Reserves room without writing.
# outside: no; it is a bomb.
# limits: disk=4M
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
attempt("reserve", lambda: os.posix_fallocate(os.open(world["out"] + "/x", os.O_CREAT | os.O_RDWR), 0, 64 << 20) is None)
attempt("sparse", lambda: os.truncate(os.open(world["out"] + "/y", os.O_CREAT | os.O_RDWR), 1 << 40) is None)
os.unlink(world["out"] + "/x")
