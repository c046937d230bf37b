# Talks to the kernel about interfaces, devices, audit and accounting.
# outside: anyone
for protocol in (0, 2, 4, 6, 9, 10, 12, 15, 16, 18, 19):
    if protocol in (0, 15, 16) or world["jailed"]:
        attempt(f"netlink {protocol}", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol))
