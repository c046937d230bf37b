# Gives itself powers.
# outside: root
header, some = struct.pack("Ii", 0x20080522, 0), struct.pack("6I", 1 << 21, 1 << 21, 1 << 21, 0, 0, 0)
attempt("set", lambda: in_child(lambda: done("capset", header, some)))
if world["jailed"]:
    attempt("ambient", lambda: in_child(lambda: libc.prctl(47, 2, 10, 0, 0) == 0))
attempt("keep", lambda: in_child(lambda: libc.prctl(8, 1, 0, 0, 0) == 0))
