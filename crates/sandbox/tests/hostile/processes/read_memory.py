# Reads and writes memory of other processes.
# outside: root
# ends: seccomp
class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
def first_map(pid):
    with open(f"/proc/{pid}/maps") as maps:
        return int(maps.readline().split("-")[0], 16)
def peek(pid):
    here = ctypes.create_string_buffer(16)
    where = first_map(pid) if not world["jailed"] else 0x400000
    local, remote = Piece(ctypes.addressof(here), 16), Piece(where, 16)
    return call("process_vm_readv", pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)
attempt("victim", lambda: peek(world["victim"]))
attempt("memory file", lambda: len(os.pread(os.open(f"/proc/{world['victim']}/mem", os.O_RDONLY), 16, first_map(world["victim"]))))
if world["jailed"]:
    attempt("parent", lambda: peek(os.getppid()))
    attempt("write to the parent", lambda: done("process_vm_writev", os.getppid(), 0, 0, 0, 0, 0))
