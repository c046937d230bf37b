"""Runs one hostile program: python3 -ISB attack.py CATEGORY/PROGRAM.py WORLD

WORLD is JSON about the host: what there is to reach for. The program runs with the names of this
file. It says on standard output what came of each thing that it tried, one line each:

    SUCCEEDED what      it got what it must not get
    failed what: why
    lacking what: why   the kernel has no such thing, or says so

`trying number: what` before each, for one may be its end: then it is started again after that one.
END when it has tried everything. What a program says is not all that counts: after it, the host
is looked at.
"""

import ctypes
import errno
import json
import mmap
import os
import platform
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

world = json.loads(sys.argv[2])
attempts = 0
libc = ctypes.CDLL(None, use_errno=True)

LACKING = {
    errno.ENOSYS,
    errno.EAFNOSUPPORT,
    errno.EPROTONOSUPPORT,
    errno.ESOCKTNOSUPPORT,
    errno.EOPNOTSUPP,
    errno.ENODEV,
    errno.ENXIO,
    errno.ENOTBLK,
}


def say(*words):
    # Names of files need not be UTF-8. One write, so that processes do not mix their lines.
    line = " ".join(str(word) for word in words).encode("utf-8", "backslashreplace") + b"\n"
    os.write(1, line)


def succeeded(what, got=""):
    say("SUCCEEDED", what, repr(got)[:300] if got not in ("", None, True) else "")


def failed(what, why=""):
    say(f"failed {what}: {why}")


def attempt(what, action):
    """Whether the action came to an end without an error and gave something other than False."""
    global attempts
    attempts += 1
    if attempts <= world["skip"]:
        return False
    say(f"trying {attempts}: {what}")
    try:
        got = action()
    except OSError as error:
        word = "lacking" if error.errno in LACKING else "failed"
        say(f"{word} {what}: {error}")
    except BaseException as error:
        failed(what, f"{type(error).__name__}: {error}")
    else:
        if got is False:
            failed(what, "no effect")
        else:
            succeeded(what, got)
            return True
    return False


# Numbers on x86_64 and aarch64; None: the architecture has no such call.
CALLS = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "cachestat": (451, 451),
    "capset": (126, 91),
    "chroot": (161, 51),
    "clock_settime": (227, 112),
    "clone": (56, 220),
    "clone3": (435, 435),
    "connect": (42, 203),
    "delete_module": (176, 106),
    "execveat": (322, 281),
    "exit": (60, 93),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsetxattr": (190, 7),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "getpid": (39, 172),
    "init_module": (175, 105),
    "inotify_add_watch": (254, 27),
    "inotify_init1": (294, 26),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "ioprio_set": (251, 30),
    "kcmp": (312, 272),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "kill": (62, 129),
    "landlock_create_ruleset": (444, 444),
    "listmount": (458, 458),
    "mbind": (237, 235),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "mlockall": (151, 230),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "prlimit64": (302, 261),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "renameat2": (316, 276),
    "request_key": (249, 218),
    "rt_sigqueueinfo": (129, 138),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "seccomp": (317, 277),
    "semget": (64, 190),
    "set_mempolicy": (238, 237),
    "setdomainname": (171, 162),
    "setfsuid": (122, 151),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "setpriority": (141, 140),
    "setrlimit": (160, 164),
    "settimeofday": (164, 170),
    "setxattr": (188, 5),
    "shmat": (30, 196),
    "shmget": (29, 194),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "splice": (275, 76),
    "statmount": (457, 457),
    "swapon": (167, 224),
    "symlinkat": (266, 36),
    "syslog": (103, 116),
    "tee": (276, 77),
    "tgkill": (234, 131),
    "umount2": (166, 39),
    "unlinkat": (263, 35),
    "unshare": (272, 97),
    "uselib": (134, None),
    "userfaultfd": (323, 282),
    "vmsplice": (278, 75),
}


def call(name, *arguments):
    """A system call by its name. Raises OSError."""
    number = CALLS[name][0 if platform.machine() == "x86_64" else 1]
    if number is None:
        raise OSError(errno.ENOSYS, "not on this architecture")
    words = [
        ctypes.c_void_p(word) if isinstance(word, int) else word for word in arguments
    ]
    ctypes.set_errno(0)
    libc.syscall.restype = ctypes.c_long
    result = libc.syscall(ctypes.c_long(number), *words)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def opens(name, *arguments):
    """As `call`, for calls that give a descriptor, of which 0 is one."""
    return f"descriptor {call(name, *arguments)}"


def done(name, *arguments):
    """As `call`, for calls that give nothing: True."""
    call(name, *arguments)
    return True


def read(path):
    with open(path, "rb") as file:
        return file.read(4096)


def write(path, data=b"hostile", mode="wb"):
    with open(path, mode, buffering=0) as file:
        file.write(data)
    return True


def in_child(action):
    """Runs the action in a child; whether it ended well there."""
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(1 if action() is False else 0)
        except OSError as error:
            os._exit(2 if error.errno in LACKING else 1)
        except BaseException:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 2:
        raise OSError(errno.ENOSYS, "in the child")
    return status == 0


def output(*command, **more):
    """Standard output of a command that must end well."""
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=20, **more
    ).stdout


def machine_code(code):
    """Puts code in memory and calls it."""
    place = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE, 7)
    place.write(code)
    function = ctypes.CFUNCTYPE(ctypes.c_int)(
        ctypes.addressof(ctypes.c_char.from_buffer(place))
    )
    return function()


def machine_code_of(path):
    """Calls code that lies in a file."""
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
    place = libc.mmap(None, 4096, 5, 2, os.open(path, os.O_RDONLY), 0)
    if place == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return ctypes.CFUNCTYPE(ctypes.c_int)(place)()


if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), sys.argv[1])
    with open(path) as file:
        exec(compile(file.read(), path, "exec"), globals())
    say("END")
