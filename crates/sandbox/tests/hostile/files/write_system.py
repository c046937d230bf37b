# Changes programs, libraries and settings.
# outside: no; it would change this machine. The ablations show what holds it back.
import sysconfig
for path in (sys.executable, "/usr/bin/env", "/etc/passwd", "/etc/ld.so.preload", "/etc/ld.so.cache",
             "/usr/lib/hostile", "/bin/hostile", "/hostile", "/etc/hostile", "/dev/hostile",
             sysconfig.get_path("purelib") + "/hostile.pth", os.__file__):
    attempt(path, lambda: write(path, mode="ab"))
