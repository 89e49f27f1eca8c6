"""Judge a server that speaks Lambda's API by the recorded cases, from the command line.

    python run_cases.py --endpoint http://127.0.0.1:4566 --access-key … --secret-key …
                        [--account 123456789012] [--runtime python3.12] [--id 'dlq-*']
                        [--jobs 2] [--time-scale 60]

Needs boto3 only. Exit status: 0 when every case passes, 1 otherwise.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recorded_case import RecordedCase, Target

CASES = Path(__file__).with_name("recorded_behaviour.json")
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def load_cases() -> list[dict[str, Any]]:
    """The recorded cases, in their order."""
    cases: list[dict[str, Any]] = json.loads(CASES.read_text())
    return cases


@contextmanager
def execution_role(target: Target) -> Iterator[None]:
    """A role that may do everything, for the length of a ``with`` block."""
    iam = target.client("iam")
    name = f"rb-role-{uuid.uuid4().hex[:8]}"
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    target.role = made["Role"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR)
    try:
        yield
    finally:
        iam.detach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR)
        iam.delete_role(RoleName=name)


def run_cases(target: Target, cases: list[dict[str, Any]], jobs: int) -> dict[str, list[str]]:
    """Run cases, so many at once, the longest first; what is wrong with each, by its id."""
    longest_first = sorted(cases, key=lambda case: -case.get("slow", 0))
    with execution_role(target), ThreadPoolExecutor(jobs) as pool:
        problems = pool.map(lambda case: RecordedCase(target, case).run(), longest_first)
        return {case["id"]: found for case, found in zip(longest_first, problems, strict=True)}


def main() -> int:
    """Read the command line, run the cases, print what is wrong."""
    parser = argparse.ArgumentParser(description="Judge a server by recorded AWS behaviour.")
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--access-key", required=True)
    parser.add_argument("--secret-key", required=True)
    parser.add_argument("--account", default="123456789012")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--runtime", default="python3.12", help="for functions that name none")
    parser.add_argument("--id", action="append", help="only these cases (globs; repeatable)")
    parser.add_argument("--jobs", type=int, default=2, help="how many cases run at once")
    parser.add_argument(
        "--time-scale", type=float, default=1.0, help="how much faster the server's waits run"
    )
    given = parser.parse_args()
    target = Target(
        given.endpoint,
        given.access_key,
        given.secret_key,
        given.account,
        "",
        given.runtime,
        given.region,
        given.time_scale,
    )
    wanted = given.id or ["*"]
    cases = [
        case for case in load_cases() if any(fnmatch.fnmatch(case["id"], glob) for glob in wanted)
    ]
    found = run_cases(target, cases, given.jobs)
    for name, problems in found.items():
        print(f"{'FAIL' if problems else 'pass'} {name}", *problems, sep="\n     ")
    failed = sum(bool(problems) for problems in found.values())
    print(f"{len(found) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
