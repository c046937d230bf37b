# Takes back what protects: the filter, the promise not to gain, the secure bits; and adds filters that
# would let it answer calls of others.
# outside: no; nobody can take the promise back, and the rest needs the promise.
attempt("promise", lambda: libc.prctl(38, 0, 0, 0, 0) == 0 and False)
attempt("secure bits", lambda: libc.prctl(28, 0, 0, 0, 0) == 0)
attempt("filter", lambda: done("seccomp", 1, 0, 0))
attempt("listener", lambda: opens("seccomp", 1, 8, struct.pack("HxxxxxxQ", 1, ctypes.addressof(ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7fff0000))))))
attempt("filter by prctl", lambda: libc.prctl(22, 1, 0, 0, 0) == 0)
attempt("Landlock", lambda: opens("landlock_create_ruleset", struct.pack("Q", 1), 8, 0))
attempt("dumpable", lambda: libc.prctl(4, 1, 0, 0, 0) == 0)
attempt("subreaper", lambda: libc.prctl(36, 1, 0, 0, 0) == 0)
attempt("tracer", lambda: libc.prctl(0x59616d61, -1, 0, 0, 0) == 0)
attempt("parent's death", lambda: libc.prctl(1, 0, 0, 0, 0) == 0)
attempt("speculation", lambda: libc.prctl(53, 0, 2, 0, 0) == 0)
attempt("personality", lambda: call("personality", 0x0040000) >= 0)
