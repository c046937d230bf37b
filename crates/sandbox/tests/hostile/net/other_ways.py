# Reaches the network without the call `socket`: by the ring, by 32-bit calls, by other programs.
# outside: no; each is shown by kernel/ and by the programs beside this one.
# ends: seccomp
attempt("ring", lambda: opens("io_uring_setup", 8, ctypes.create_string_buffer(120)))
attempt("bash", lambda: output("/bin/bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{world['tcp']}"))
for program in ("curl", "wget", "nc", "ping"):
    attempt(program, lambda: output("/usr/bin/" + program, f"http://127.0.0.1:{world['tcp']}") == b"never")
