# Changes the devices that it does have, which are the host's.
# outside: anyone
attempt("times", lambda: os.utime("/dev/null") is None)
if world["jailed"]:
    attempt("mode", lambda: os.chmod("/dev/null", 0o600) is None)
    attempt("remove", lambda: os.unlink("/dev/null") is None)
    attempt("replace", lambda: os.rename("/tmp", "/dev/null") is None)
    attempt("entropy", lambda: os.write(os.open("/dev/urandom", os.O_WRONLY), b"x") > 0)
