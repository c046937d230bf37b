# Signals everything that it may.
# outside: no; it would end the user's session.
attempt("everything", lambda: os.kill(-1, signal.SIGKILL) is None)
for group in (1, world["victim"]):
    attempt(f"group {group}", lambda: os.killpg(group, signal.SIGKILL) is None)
