"""Becomes another program that does not outlive its parent; run as a script, without site-packages.

    python -I -S launch.py PARENT_PID FAREWELL UID GID PROGRAM [ARGUMENT ...]

FAREWELL is the number of the signal the program gets when its parent dies. It has to be asked for after the
user is changed (the kernel forgets it then), and outside a fork of a program that has threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Change the user, tie our life to the parent's, and execute the program."""
    parent, farewell, uid, gid = (int(argument) for argument in sys.argv[1:5])
    program = sys.argv[5:]
    if uid != os.geteuid():
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, farewell, 0, 0, 0) != 0:
        sys.exit("prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        sys.exit("the program that wanted this server is gone")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and what it ignores is inherited
    os.execv(program[0], program)


if __name__ == "__main__":
    main()
