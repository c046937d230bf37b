# Finishes large files, waits until they may have been copied, and then changes them in every way that
# there is: what arrives must be what was there at the end.
# outside: no; there nobody copies.
os.chdir(world["out"])
size = 2 << 20
def make(name, head=b"first"):
    write(name, head + b"x" * (size - len(head)))
for name in ("opened", "mapped", "truncated", "exchanged", "replaced", "again"):
    make(name)
write("kept-open", b"final" + b"x" * size)
held = os.open("mapped", os.O_RDWR)
place = mmap.mmap(held, size)
os.close(held)
time.sleep(0.7)
place[0:5] = b"final"
held = os.open("opened", os.O_WRONLY)
os.write(held, b"final")
os.truncate("truncated", 0)
write("truncated", b"final" + b"x" * size)
make("other", b"final")
call("renameat2", -100, b"exchanged", -100, b"other", 2)
os.unlink("other")
make("new", b"final")
os.rename("new", "replaced")
for _ in range(20):
    make("again")
    time.sleep(0.02)
make("again", b"final")
failed("leave something else", "the test looks")
