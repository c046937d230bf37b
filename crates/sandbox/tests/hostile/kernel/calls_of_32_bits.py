# Makes calls by the 32-bit table, in which the numbers mean something else.
# outside: anyone
# ends: seccomp
if platform.machine() != "x86_64":
    failed("32-bit calls", "another architecture")
    call("ptrace", 0, 0, 0, 0)
# The file holds: mov eax, 20 (getpid); int 0x80; ret
attempt("getpid", lambda: machine_code_of(world["data"] + "/code") > 0)
