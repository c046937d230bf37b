# Reopens its streams: to read what others print, to find the pipe's other end.
# outside: no; what it finds depends on who started it.
attempt("the other end", lambda: os.read(os.open("/proc/self/fd/1", os.O_RDONLY | os.O_NONBLOCK), 10) == b"never")
attempt("terminal", lambda: os.ttyname(1))
attempt("input of the parent", lambda: os.open("/proc/1/fd/0", os.O_RDWR))
