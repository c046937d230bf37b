# Changes the name of the host.
# outside: no; it would.
# ends: seccomp
attempt("host name", lambda: done("sethostname", b"hostile", 7))
attempt("domain name", lambda: done("setdomainname", b"hostile", 7))
