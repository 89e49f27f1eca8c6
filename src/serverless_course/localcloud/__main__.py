"""``python -m serverless_course.localcloud``: start the embedded cloud."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from .lambda_.environment.governor.choose import NAMES
from .lambda_.environment.sandbox.choose import NAMES as SANDBOXES
from .lambda_.invocation.fleet import IDLE_END_S
from .lambda_.tracing import FORMATS, OLD_STYLE
from .server import CannotStart, serve
from .settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, serve until told to stop; 2 when the server cannot start."""
    parser = argparse.ArgumentParser(
        prog="python -m serverless_course.localcloud",
        description="Start the embedded cloud on loopback and print one ready line (JSON).",
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument(
        "--clock-factor",
        type=float,
        default=60.0,
        help="how many times faster AWS's long waits run (durations never do)",
    )
    parser.add_argument("--governor", choices=("auto", *NAMES), default="auto")
    parser.add_argument(
        "--sandbox",
        choices=SANDBOXES,
        default="auto",
        help="give functions namespaces of their own where this machine allows it, or never",
    )
    parser.add_argument("--state-dir", type=Path, help="folder for packages and /tmp folders")
    parser.add_argument("--max-environments", type=int, default=64)
    parser.add_argument(
        "--account-concurrency",
        type=int,
        default=1000,
        help="the account's quota of concurrent executions (new accounts often have 10)",
    )
    parser.add_argument(
        "--idle-end",
        type=float,
        metavar="SECONDS",
        help="end an environment when it was idle for so long "
        "(as on AWS when left out: 300 to 360 seconds)",
    )
    parser.add_argument(
        "--trace-format",
        choices=FORMATS,
        default=OLD_STYLE,
        help="Lambda's X-Ray segments: with Initialization, Invocation and Overhead, or with Init "
        "and annotations",
    )
    parser.add_argument("--until-stdin-closes", action="store_true")
    parser.add_argument(
        "--until-process-ends", type=int, metavar="PID", help="end when this process has ended"
    )
    parser.add_argument(
        "--until-idle", type=float, metavar="SECONDS", help="end after so long without a request"
    )
    parser.add_argument(
        "--pure-runtime-client",
        action="store_true",
        default=None,
        help="use the pure-Python Runtime API client, as macOS does",
    )
    chosen = parser.parse_args(arguments)
    settings = Settings(
        port=chosen.port,
        region=chosen.region,
        clock_factor=chosen.clock_factor,
        governor=chosen.governor,
        sandbox=chosen.sandbox,
        state_dir=chosen.state_dir,
        until_stdin_closes=chosen.until_stdin_closes,
        until_process_ends=chosen.until_process_ends,
        until_idle_s=chosen.until_idle,
        max_environments=chosen.max_environments,
        account_concurrency=chosen.account_concurrency,
        pure_runtime_client=chosen.pure_runtime_client,
        idle_end_s=(chosen.idle_end, chosen.idle_end) if chosen.idle_end else IDLE_END_S,
        trace_format=chosen.trace_format,
    )
    try:
        serve(settings)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A worker that is busy for good must not keep the process.
    os._exit(status)
