# Asks to be told of what the host does in a folder.
# outside: anyone
import fcntl
attempt("notify", lambda: fcntl.fcntl(os.open(world["data"], os.O_RDONLY), fcntl.F_NOTIFY, 2) == 0)
attempt("inotify", lambda: call("inotify_add_watch", call("inotify_init1", 0), world["data"].encode(), 0xfff) > 0)
