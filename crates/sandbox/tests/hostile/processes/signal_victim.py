# Ends a process of the same user.
# outside: anyone
attempt("signal", lambda: os.kill(world["victim"], signal.SIGTERM) is None)
attempt("thread", lambda: done("tgkill", world["victim"], world["victim"], signal.SIGTERM))
attempt("queued", lambda: done("rt_sigqueueinfo", world["victim"], signal.SIGTERM, struct.pack("iii", 15, 0, -1) + bytes(116)))
