# Connects to services of the host.
# outside: no; a machine need not have them.
for path in ("/run/dbus/system_bus_socket", "/var/run/docker.sock", "/run/systemd/private", "/dev/log",
             "/run/systemd/journal/socket", "/tmp/.X11-unix/X0"):
    def connect():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as it:
            it.connect(path)
        return True
    attempt(path, connect)
