"""A filter that keeps functions from sending signals to this server, on Linux.

On AWS a function's processes are alone in a microVM, and a signal to everything is its own
matter. Here they run as the learner, so that ``kill(-1)`` or a signal to the parent's process
group would end the server, and the learner's notebook with it. A seccomp filter, which the
thread that starts environments puts on, refuses just these (EPERM), and children inherit it.
It does not stop malice: see docs/README.md, "not isolated".
"""

from __future__ import annotations

import ctypes
import platform
import struct
import sys

PR_SET_NO_NEW_PRIVS = 38
SECCOMP_SET_MODE_FILTER = 1
# Without this flag old kernels switch off speculation in filtered processes: they run slower.
SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1 << 2
LOAD_WORD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1
NUMBER_AT, MACHINE_AT, FIRST_ARGUMENT_AT = 0, 4, 16


class Machine:
    """An architecture's number, its seccomp call, and the calls that aim a signal at a process:
    kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_open."""

    def __init__(self, number: int, seccomp: int, aiming: tuple[int, ...]) -> None:
        self.number = number
        self.seccomp = seccomp
        self.aiming = aiming


MACHINES = {
    "x86_64": Machine(0xC000003E, 317, (62, 200, 234, 129, 297, 434)),
    "aarch64": Machine(0xC00000B7, 277, (129, 130, 131, 138, 240, 434)),
}


class Filter(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def protect(pids: list[int]) -> bool:
    """Refuse this thread, and all it starts, signals to these processes (a negative number is a
    process group). Returns whether this system does it."""
    machine = MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or sys.byteorder != "little":
        return False
    code = _program(machine, pids)
    program = Filter(len(code) // 8, code)
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    set_filter = (SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, ctypes.byref(program))
    return bool(library.syscall(machine.seccomp, *set_filter) == 0)


def _program(machine: Machine, pids: list[int]) -> bytes:
    """Machine other than ours, or call that aims at nobody: allow. Else compare who is meant."""
    aimed = [pid & 0xFFFFFFFF for pid in pids]
    lines: list[tuple[int, int, int, int]] = [
        (LOAD_WORD, 0, 0, MACHINE_AT),
        (JUMP_EQUAL, 1, 0, machine.number),
        (RETURN, 0, 0, ALLOW),
        (LOAD_WORD, 0, 0, NUMBER_AT),
    ]
    rest = len(machine.aiming)
    for position, number in enumerate(machine.aiming):
        lines.append((JUMP_EQUAL, rest - position, 0, number))
    lines.append((RETURN, 0, 0, ALLOW))
    lines.append((LOAD_WORD, 0, 0, FIRST_ARGUMENT_AT))
    for position, pid in enumerate(aimed):
        lines.append((JUMP_EQUAL, len(aimed) - position, 0, pid))
    lines.append((RETURN, 0, 0, ALLOW))
    lines.append((RETURN, 0, 0, REFUSE))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
