# Opens a file by its number in the file system, which needs no path to it.
# outside: root
# ends: seccomp
class Handle(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint), ("kind", ctypes.c_int), ("inode", ctypes.c_uint), ("generation", ctypes.c_uint)]
def by_number():
    # Generation 0 stands for any.
    handle = Handle(8, 1, world["secret_inode"] & 0xffffffff, 0)
    place = os.open(world["data"], os.O_RDONLY)
    return os.read(call("open_by_handle_at", place, ctypes.byref(handle), os.O_RDONLY), 100)
attempt("handle", by_number)
