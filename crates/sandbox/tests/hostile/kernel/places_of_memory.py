# Chooses where memory lies and moves it.
# outside: anyone
attempt("policy", lambda: done("set_mempolicy", 0, 0, 0))
