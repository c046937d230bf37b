# Changes its own settings in /proc: protection from the killer of memory hogs, id maps, audit id.
# outside: anyone
attempt("oom_score_adj", lambda: write("/proc/self/oom_score_adj", b"1000"))
attempt("coredump_filter", lambda: write("/proc/self/coredump_filter", b"0x7f"))
attempt("clear_refs", lambda: write("/proc/self/clear_refs", b"1"))
if world["jailed"]:
    for name in ("loginuid", "uid_map", "gid_map", "setgroups", "attr/exec", "timerslack_ns", "autogroup", "sched"):
        attempt(name, lambda: write(f"/proc/self/{name}", b"0"))
