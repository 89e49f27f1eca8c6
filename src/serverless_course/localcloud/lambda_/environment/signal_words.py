"""A signal in AWS's words: those of Go's ``syscall.Signal``, in which AWS's environment is written.

``signal: segmentation fault`` and ``signal: killed`` were seen on AWS (2024 to 2026); the others
are Go's for Linux (go.dev/src/syscall/zerrors_linux_amd64.go, read 2026-11).
"""

from __future__ import annotations

import signal

WORDS = {
    "SIGHUP": "hangup",
    "SIGINT": "interrupt",
    "SIGQUIT": "quit",
    "SIGILL": "illegal instruction",
    "SIGTRAP": "trace/breakpoint trap",
    "SIGABRT": "aborted",
    "SIGBUS": "bus error",
    "SIGFPE": "floating point exception",
    "SIGKILL": "killed",
    "SIGUSR1": "user defined signal 1",
    "SIGSEGV": "segmentation fault",
    "SIGUSR2": "user defined signal 2",
    "SIGPIPE": "broken pipe",
    "SIGALRM": "alarm clock",
    "SIGTERM": "terminated",
    "SIGSTKFLT": "stack fault",
    "SIGXCPU": "CPU time limit exceeded",
    "SIGXFSZ": "file size limit exceeded",
    "SIGVTALRM": "virtual timer expired",
    "SIGPROF": "profiling timer expired",
    "SIGIO": "I/O possible",
    "SIGPWR": "power failure",
    "SIGSYS": "bad system call",
}


def signal_word(number: int) -> str:
    """The word for a signal; ``signal 34`` for one that has none."""
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = ""
    return WORDS.get(name, f"signal {number}")
