# Opens disks and what makes disks.
# outside: root
attempt("loop control", lambda: os.open("/dev/loop-control", os.O_RDWR))
if world["jailed"]:
    for name in ("vda", "sda", "nvme0n1", "dm-0", "loop0", "mapper/control", "fuse", "zero", "ram0", "sg0", "btrfs-control"):
        attempt(name, lambda: os.open("/dev/" + name, os.O_RDONLY))
