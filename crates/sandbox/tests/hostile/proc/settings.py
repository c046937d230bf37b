# Changes settings of the kernel, the classic being the program that gets the memory of the crashed.
# outside: no; it would change this machine.
for path in ("sys/kernel/core_pattern", "sys/kernel/modprobe", "sys/kernel/hostname", "sys/vm/overcommit_memory",
             "sys/kernel/randomize_va_space", "sysrq-trigger", "sys/fs/binfmt_misc/register", "sys/net/ipv4/ip_forward"):
    attempt(path, lambda: write("/proc/" + path, b"|/bin/false"))
