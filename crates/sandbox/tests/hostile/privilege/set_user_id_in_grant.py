# Starts a program of a granted folder that is marked to run as another user.
# outside: root
if world["root"]:
    def other():
        who = int(output(world["data"] + "/set-user-id", "-ISBc", "import os; print(os.geteuid())"))
        return who == 12345
    attempt("set-user-id program", other)
else:
    failed("set-user-id program", "only root can lay this trap")
