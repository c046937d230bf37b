# Leaves what the jail itself makes, and what others take for instructions.
# outside: anyone
# allowed: SUCCEEDED
os.chdir(world["out"])
for name in (".silversmith-1-0.partial", "-rf", "CON", " ", "...", "~", "*", "$(reboot)", "`reboot`", "a;b", "%s%n"):
    attempt(name, lambda: write(name))
