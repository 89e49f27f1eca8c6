"""Run the project's checks, all of them, and say at the end what failed.

``python tools/check.py`` runs what ``make test`` promises; ``tools/check.py mypy tests`` chooses.
The tests run in two phases: first what measures no time, in several processes, with the type
checker beside it; then, alone, what measures.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from jupyter_dirs import ROOT, isolated

REPORTS = ROOT / "build" / "test-reports"
# The part of the tests that an edit is tried with: what is pure, and one look at the cloud.
QUICK = [
    *("tests/network", "tests/pricing", "tests/traces", "tests/exercises/test_verdicts.py"),
    *("tests/authoring/test_source_rules.py", "tests/functions/test_report.py"),
    *("tests/setup/test_setup_rooms.py", "tests/setup/test_setup_tracked_files.py"),
    *("tests/setup/test_setup_readme.py", "tests/setup/test_setup_versions.py"),
    *("tests/localcloud/test_policies.py", "tests/localcloud/test_signature.py"),
    *("tests/localcloud/test_insights_language.py", "tests/localcloud/test_engine_behaviour.py"),
]
CHECKS = ["ruff", "format", "mypy", "mypy-tools", "tests", "measures"]
ON_REQUEST = ["quick", "soak", "browser"]
BESIDE_THE_TESTS = {"mypy", "mypy-tools"}


def workers() -> int:
    """How many processes share the tests. Many tests wait, so there are more than CPUs."""
    return int(os.environ.get("TEST_WORKERS") or 3 * (os.cpu_count() or 2) // 2)


def pytest(name: str, *arguments: str) -> list[str]:
    """A run of pytest with calm output, the slowest tests at its end, and a JUnit file."""
    report = REPORTS / f"{name}.xml"
    calm = [
        f"--calm={name}",
        "-o",
        "console_output_style=classic",
        "--durations=10",
        "--durations-min=1",
        f"--junitxml={report}",
    ]
    return ["pytest", "--no-header", "-q", *calm, *arguments]


def side_by_side() -> list[str]:
    """Options that distribute groups of tests, in the order that tests/conftest.py gives."""
    return ["-n", str(workers()), "--dist=loadscope", "--no-loadscope-reorder"]


def command(name: str) -> list[str]:
    """The module that is a check, and its arguments."""
    return {
        "ruff": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "mypy": ["mypy"],
        "mypy-tools": ["mypy", "tools", "tests_browser"],
        "tests": pytest("tests", "-m", "not measures and not soak", *side_by_side()),
        "measures": pytest("measures", "-m", "measures and not soak"),
        "quick": pytest("quick", "-m", "not measures and not soak", *side_by_side(), *QUICK),
        "soak": pytest("soak", "-m", "soak and not long" if os.environ.get("SHORT") else "soak"),
        "browser": ["pytest", "tests_browser"],
    }[name]


def hermetic(state: Path) -> dict[str, str]:
    """Return an environment in which no check reaches a real account or a learner's own files.

    Credentials, profiles and the course's own switches are left out; what is written goes below
    ``state``.
    """
    kept = {
        name: value
        for name, value in isolated(state).items()
        if not name.startswith(("AWS_", "COURSE_")) or name == "AWS_CA_BUNDLE"
    }
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "COURSE_STATE_DIR": str(state),
    }


def run(name: str, environment: dict[str, str], *, kept_back: bool = False) -> bool:
    """Run one check, print how long it took, and tell whether it passed.

    ``kept_back``: its output comes in one piece at its end, because another check runs beside it.
    """
    if not kept_back:
        print(f"── {name}", flush=True)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *command(name)],
        cwd=ROOT,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE if kept_back else None,
        stderr=subprocess.STDOUT if kept_back else None,
    )
    verdict = "passed" if done.returncode == 0 else f"FAILED (exit status {done.returncode})"
    told = f"── {name}\n{done.stdout}" if kept_back else ""
    print(f"{told}── {name} {verdict} in {time.monotonic() - started:.1f} s\n", flush=True)
    return done.returncode == 0


def compile_tests(environment: dict[str, str]) -> None:
    """Read all tests once: each of the processes that share them would compile them again."""
    print("── reading the tests", flush=True)
    subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-qq"],
        cwd=ROOT,
        env=environment,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def run_all(names: list[str], environment: dict[str, str]) -> list[str]:
    """Run checks, those that need no quiet machine beside the tests; the names of the failed."""
    passed: dict[str, bool] = {}
    beside = [name for name in names if name in BESIDE_THE_TESTS and "tests" in names]

    def run_beside() -> None:
        for name in beside:
            passed[name] = run(name, environment, kept_back=True)

    thread = threading.Thread(target=run_beside)
    for name in names:
        if name in beside:
            continue
        if name == "tests":
            thread.start()
            compile_tests(environment)
        passed[name] = run(name, environment)
        if name == "tests":
            thread.join()
    return [name for name in names if not passed[name]]


def main() -> int:
    """Command line: run the named checks, or all. Returns 1 when one failed."""
    known = [*CHECKS, *ON_REQUEST]
    parser = argparse.ArgumentParser(prog="check.py", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="CHECK", help=", ".join(known))
    names = parser.parse_args().names or CHECKS
    unknown = sorted(set(names) - set(known))
    if unknown:
        parser.error(f"no check is called {', '.join(unknown)}; there are {', '.join(known)}")
    REPORTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="course-checks-") as state:
        failed = run_all(names, hermetic(Path(state)))
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
