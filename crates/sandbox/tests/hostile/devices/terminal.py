# Types into the terminal of whoever started it, or makes one of its own.
# outside: no; a test has no terminal.
import fcntl, termios
for number in range(3):
    attempt(f"type into {number}", lambda: fcntl.ioctl(number, termios.TIOCSTI, b"x") == 0)
    attempt(f"take {number}", lambda: fcntl.ioctl(number, termios.TIOCSCTTY, 0) == 0)
    attempt(f"paste into {number}", lambda: fcntl.ioctl(number, 0x541C, b"\x03") is not None)
for name in ("tty", "console", "tty0", "ptmx", "pts/ptmx", "pts/0", "vcs", "input/event0", "uinput"):
    attempt(name, lambda: os.open("/dev/" + name, os.O_RDWR))
