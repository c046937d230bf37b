# Has the system's own tools do it.
# outside: no; machines may forbid it to ordinary users.
# ends: seccomp
for words in (["unshare", "-r", "true"], ["unshare", "-rm", "true"], ["nsenter", "-t", "1", "-m", "true"],
              ["mount", "-t", "tmpfs", "x", "/tmp"], ["bwrap", "--dev-bind", "/", "/", "true"], ["chroot", "/", "true"],
              ["su", "-c", "true"], ["sudo", "-n", "true"], ["newgrp"], ["pkexec", "true"], ["setpriv", "--reuid", "0", "true"]):
    for place in ("/usr/bin/", "/usr/sbin/"):
        if os.path.exists(place + words[0]):
            attempt(" ".join(words), lambda: output(place + words[0], *words[1:]) is not None)
failed("tools", "tried those that there are")
