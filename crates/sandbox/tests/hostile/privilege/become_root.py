# Becomes root, or somebody else.
# outside: root
attempt("user", lambda: in_child(lambda: os.setresuid(12345, 12345, 12345) is None))
attempt("group", lambda: in_child(lambda: os.setresgid(12345, 12345, 12345) is None))
attempt("groups", lambda: in_child(lambda: os.setgroups([0, 4, 6]) is None))
if world["jailed"]:
    attempt("root", lambda: os.setuid(0) is None)
    attempt("effective root", lambda: os.seteuid(0) is None)
    attempt("root's group", lambda: os.setgid(0) is None)
    def file_user():
        libc.setfsuid(0)
        return libc.setfsuid(-1) == 0
    attempt("file user", file_user)
