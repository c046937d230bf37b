# Makes a network interface.
# outside: root
attempt("tun", lambda: os.open("/dev/net/tun", os.O_RDWR))
