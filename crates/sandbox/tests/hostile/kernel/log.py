# Reads the kernel's log.
# outside: root
# ends: seccomp
attempt("log", lambda: call("syslog", 3, ctypes.create_string_buffer(4096), 4096) >= 0)
