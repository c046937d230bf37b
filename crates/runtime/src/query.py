# Asked of a Python interpreter: what it is and which files it needs. Answers one line of JSON.
import json, os, sys

if sys.version_info < (3, 11):
    print(json.dumps({"version": list(sys.version_info[:3])}))
    raise SystemExit(0)

import sysconfig

# Modules with libraries of their own, which the jail must grant too. A missing one is no harm.
for name in ("zlib", "bz2", "lzma", "ctypes", "hashlib", "ssl", "sqlite3", "decimal", "uuid"):
    try:
        __import__(name)
    except ImportError:
        pass

paths = sysconfig.get_paths()
libraries = set()
try:
    with open("/proc/self/maps") as maps:
        for line in maps:
            path = line.split(None, 5)[5].strip() if line.count(" /") else ""
            if ".so" in os.path.basename(path):
                libraries.add(os.path.dirname(path))
except OSError:
    pass
print(json.dumps({
    "version": list(sys.version_info[:3]),
    "implementation": sys.implementation.name,
    "description": sys.version.replace("\n", " "),
    "platform": sysconfig.get_platform(),
    "executable": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "stdlib": sorted({os.path.realpath(paths["stdlib"]), os.path.realpath(paths["platstdlib"])}),
    "libraries": sorted(libraries),
}))
