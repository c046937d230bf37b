# Reads and keeps secrets in the kernel's keyrings, where they outlive the program.
# outside: anyone
# ends: seccomp
attempt("session", lambda: call("keyctl", 0, -3, 0, 0, 0) > 0)
attempt("add", lambda: call("add_key", b"user", world["marker"].encode(), b"x", 1, -2) > 0)
if world["jailed"]:
    attempt("request", lambda: call("request_key", b"user", world["marker"].encode(), 0, -2) > 0)
    attempt("user's keyring", lambda: call("keyctl", 11, -4, ctypes.create_string_buffer(64), 64, 0) > 0)
