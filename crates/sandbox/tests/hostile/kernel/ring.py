# Has the kernel make calls in its name, past the filter.
# outside: anyone
# ends: seccomp
attempt("ring", lambda: opens("io_uring_setup", 8, ctypes.create_string_buffer(120)))
