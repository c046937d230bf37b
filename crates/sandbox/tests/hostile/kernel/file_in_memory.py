# Starts a program that lies in no folder.
# outside: anyone
def start():
    held = os.memfd_create("x")
    with open("/usr/bin/true", "rb") as program:
        os.write(held, program.read())
    return subprocess.run([f"/proc/self/fd/{held}"], pass_fds=[held]).returncode == 0
attempt("program", start)
if world["jailed"]:
    attempt("execveat", lambda: done("execveat", os.open("/usr/bin/true", os.O_RDONLY), b"", struct.pack("QQ", 0, 0), 0, 0x1000))
