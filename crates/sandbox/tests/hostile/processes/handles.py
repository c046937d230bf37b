# Gets a handle of another process, and by it its descriptors.
# outside: anyone
# ends: seccomp
attempt("handle", lambda: opens("pidfd_open", world["victim"], 0))
attempt("signal by handle", lambda: done("pidfd_send_signal", call("pidfd_open", world["victim"], 0), 0, 0, 0))
if world["jailed"]:
    attempt("parent", lambda: opens("pidfd_open", os.getppid(), 0))
    attempt("descriptor", lambda: opens("pidfd_getfd", 3, 0, 0))
