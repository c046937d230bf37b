# Leaves a process behind that goes on exchanging a file for a link.
# outside: no; it goes on until something ends it.
os.chdir(world["out"])
write("file", b"x" * (1 << 20))
os.symlink(world["secret"], "link")
told, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    for number in (1, 2):
        os.close(number)
    os.write(tell, b"x")
    while True:
        call("renameat2", -100, b"file", -100, b"link", 2)
os.read(told, 1)
say("left a process")
