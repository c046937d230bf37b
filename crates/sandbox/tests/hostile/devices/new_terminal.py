# Makes a pair of terminals.
# outside: anyone
attempt("terminal", lambda: os.openpty())
