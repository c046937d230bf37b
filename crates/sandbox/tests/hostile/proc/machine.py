# Reads what the kernel tells about the machine.
# outside: anyone
for path in ("cmdline", "version", "cpuinfo", "meminfo", "uptime", "loadavg", "stat", "filesystems", "devices",
             "interrupts", "swaps", "mounts/../../partitions", "sys/kernel/random/boot_id", "sys/kernel/hostname",
             "sys/kernel/osrelease", "sys/kernel/random/uuid", "sys/fs/file-nr", "sys/vm/overcommit_memory"):
    if world["jailed"] or os.path.exists("/proc/" + path):
        attempt(path, lambda: len(read("/proc/" + path)))
if world["jailed"]:
    for path in ("kallsyms", "modules", "config.gz", "keys", "key-users", "sysvipc/shm", "timer_list", "kcore", "kmsg"):
        attempt(path, lambda: len(read("/proc/" + path)))
