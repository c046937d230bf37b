# Measures the machine.
# outside: root
# ends: seccomp
attempt("perf", lambda: opens("perf_event_open", struct.pack("IIQ", 1, 112, 0) + bytes(104), 0, -1, -1, 0))
