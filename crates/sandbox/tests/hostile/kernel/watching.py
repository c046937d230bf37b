# Is told of files that are opened anywhere.
# outside: root
attempt("fanotify", lambda: opens("fanotify_init", 0, 0))
