# Starts the system's programs that run as root.
# outside: user
import stat
def marked():
    found = []
    for place in ("/usr/bin", "/usr/sbin", "/usr/lib/openssh"):
        for name in os.listdir(place) if os.path.isdir(place) else ():
            mode = os.stat(f"{place}/{name}", follow_symlinks=False).st_mode
            if stat.S_ISREG(mode) and mode & stat.S_ISUID:
                found.append(f"{place}/{name}")
    return found
def gains(path):
    # The loader of a program that gains something takes no orders from the environment.
    ran = subprocess.run([path, "--help"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20,
                         env={"LD_DEBUG": "libs"})
    return b"find library" not in ran.stderr
if gains("/usr/bin/true"):
    say("lacking a loader that says what it does")
elif not marked():
    say("lacking programs with the mark")
else:
    attempt("a program with the mark", lambda: [path for path in marked() if gains(path)] or False)
