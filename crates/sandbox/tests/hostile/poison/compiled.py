# Leaves compiled Python that a later job would load in the place of the module.
# outside: no; it would change this machine's Python.
import sysconfig
for path in (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), "/usr/local/lib/python3/dist-packages"):
    attempt(path, lambda: write(f"{path}/usercustomize.py"))
    attempt(f"{path} compiled", lambda: write(f"{path}/__pycache__/os.cpython-{sys.version_info.major}{sys.version_info.minor}.pyc", mode="ab"))
attempt("beside this program", lambda: write(os.path.dirname(os.path.abspath(sys.argv[0])) + "/__pycache__/x.pyc"))
attempt("this program", lambda: write(os.path.abspath(sys.argv[0]), mode="ab"))
attempt("home", lambda: write(os.path.expanduser("~/.profile"), mode="ab"))
attempt("configuration", lambda: write(os.path.expanduser("~/.config/pip.conf"), mode="ab"))
