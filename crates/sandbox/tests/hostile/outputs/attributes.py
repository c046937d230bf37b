# Leaves attributes: powers of a program, rights of others.
# outside: no; the file system need not have them.
write(world["out"] + "/file")
attempt("powers", lambda: os.setxattr(world["out"] + "/file", "security.capability", bytes.fromhex("0100000200040000000000000000000000000000")) is None)
attempt("user's", lambda: os.setxattr(world["out"] + "/file", "user.hostile", b"x") is None)
attempt("rights", lambda: os.setxattr(world["out"] + "/file", "system.posix_acl_access", b"\2\0\0\0") is None)
