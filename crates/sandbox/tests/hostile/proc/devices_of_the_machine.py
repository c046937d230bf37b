# Reads what /sys tells.
# outside: anyone
for path in ("/sys/class/net", "/sys/block", "/sys/kernel", "/sys/devices"):
    attempt(path, lambda: os.listdir(path))
