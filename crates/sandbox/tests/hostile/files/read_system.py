# Reads what tells a program who and where it is.
# outside: anyone
for path in ("/etc/passwd", "/etc/group", "/etc/hostname", "/etc/hosts", "/etc/machine-id", "/etc/fstab",
             "/etc/os-release", "/etc/resolv.conf", "/var/lib/dbus/machine-id"):
    if path.startswith("/var") or os.path.exists(path) or world["jailed"]:
        if world["jailed"] or os.path.exists(path):
            attempt(path, lambda: read(path))
for path in ("/var", "/home", "/root", "/run", "/boot", "/sys", "/opt", "/srv", "/mnt"):
    if world["jailed"]:
        attempt(path, lambda: os.listdir(path))
