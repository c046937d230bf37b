# Makes timers by calls that nobody needs: POSIX timers, and signals by them.
# outside: anyone
CALLS["timer_create"] = (222, 107)
attempt("timer", lambda: done("timer_create", 1, 0, ctypes.create_string_buffer(8)))
