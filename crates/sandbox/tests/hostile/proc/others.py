# Lists the processes of the machine, and what they do.
# outside: anyone
own = str(os.getpid())
attempt("others", lambda: [pid for pid in os.listdir("/proc") if pid.isdigit() and pid != own][:5] or False)
attempt("victim", lambda: read(f"/proc/{world['victim']}/cmdline"))
attempt("first process", lambda: read("/proc/1/cmdline"))
attempt("status of the first", lambda: read("/proc/1/status"))
