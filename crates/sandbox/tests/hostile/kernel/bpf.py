# Puts programs into the kernel.
# outside: root
# ends: seccomp
attempt("map", lambda: opens("bpf", 0, struct.pack("IIII", 2, 4, 4, 1) + bytes(100), 72))
