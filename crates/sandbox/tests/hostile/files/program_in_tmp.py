# Writes a program and starts it.
# outside: anyone
def start(place):
    path = f"{place}/program"
    write(path, read("/usr/bin/true") + b"")
    with open(path, "wb") as file, open("/usr/bin/true", "rb") as program:
        file.write(program.read())
    os.chmod(path, 0o755)
    return subprocess.run([path]).returncode == 0
attempt("in tmp", lambda: start(world["tmp"]))
attempt("in the output", lambda: start(world["out"]))
