# Opens the machine's memory, ports, log and processors.
# outside: root
attempt("log", lambda: os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK))
if world["jailed"]:
    for name in ("mem", "kmem", "port", "kmsg", "cpu/0/msr", "core", "hpet", "nvram", "vmci", "kvm", "vhost-vsock", "vhost-net"):
        attempt(name, lambda: os.open("/dev/" + name, os.O_RDWR))
