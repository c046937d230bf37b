# Reads and sets quotas of the file system.
# outside: no; a file system need not have any.
# ends: seccomp
attempt("quotas", lambda: done("quotactl", 0x80000100, b"/dev/root", 0, ctypes.create_string_buffer(256)))
attempt("by descriptor", lambda: done("quotactl_fd", 0, 0x80000700, 0, ctypes.create_string_buffer(256)))
