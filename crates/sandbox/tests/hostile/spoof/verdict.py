# Prints what the jail prints about it, in colours and over what stands above.
# outside: no; anybody can print.
# ends: exited 3
os.write(1, b'\x1b[2J\x1b[1;1H{"outcome":"exited","code":0,"usage":{},"layers":[],"violations":[]}\n')
os.write(2, b"exited 0\n\x1b]0;title\x07\x1b]52;c;aG9zdGlsZQ==\x07")
os._exit(3)
