"""Runs a command behind the filter of system calls of a systemd unit, as systemd would: what it does not allow fails with EPERM.

behind-filter.py ALLOWED DENIED -- COMMAND…    ALLOWED and DENIED: sets such as @system-service, separated by spaces
"""

import ctypes
import errno
import os
import subprocess
import sys

ALLOW = 0x7FFF0000
FAIL = 0x00050000 | errno.EPERM


def calls_of(name):
    """The calls of a set, and of the sets in it, as systemd lists them."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    lines = [line.strip() for line in listed.stdout.splitlines()[1:]]
    return {call for line in lines if line and not line.startswith("#") for call in calls_of(line)}


def calls_of_all(names):
    return {call for name in names.split() for call in calls_of(name)}


end = sys.argv.index("--")
allowed, denied = sys.argv[1:end]
# Whatever a unit says, systemd allows what a program needs to start and to end.
calls = (calls_of_all(allowed) - calls_of_all(denied)) | calls_of("@default") | {"execve"}

library = ctypes.CDLL("libseccomp.so.2")
library.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(FAIL)))
for call in sorted(calls):
    number = library.seccomp_syscall_resolve_name(call.encode())
    # Negative: a call of other processors.
    if number >= 0 and library.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), ctypes.c_int(number), 0) != 0:
        sys.exit(f"no rule for {call}")
if library.seccomp_load(context) != 0:
    sys.exit("the filter cannot be loaded")
command = sys.argv[end + 1 :]
os.execvp(command[0], command)
