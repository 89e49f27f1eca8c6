"""The command line: ``python -m serverless_course.authoring build | check | new``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from serverless_course.authoring.build import Execution, build, find_drift
from serverless_course.authoring.execute import ExecutionError
from serverless_course.authoring.outputs import OutputError
from serverless_course.authoring.rules import is_slug
from serverless_course.authoring.skeleton import start
from serverless_course.authoring.source import Form, SourceError


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 drift or a broken source."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (SourceError, OutputError, ExecutionError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m serverless_course.authoring",
        description="Build notebooks, labs and solutions from content/.",
    )
    parser.add_argument("--root", type=Path, default=Path(), help="the checkout (default: here)")
    commands = parser.add_subparsers(required=True, metavar="build | check | new")

    making = commands.add_parser("build", help="write what differs from its source")
    making.add_argument("slugs", nargs="*", metavar="NN-slug", help="only these (default: all)")
    when = making.add_mutually_exclusive_group()
    when.add_argument("--no-execute", action="store_true", help="stop rather than run a notebook")
    when.add_argument("--execute", action="store_true", help="run every notebook")
    when.add_argument("--verify", action="store_true", help="run twice, and compare the outputs")
    making.set_defaults(run=_build)

    checking = commands.add_parser("check", help="write nothing; exit 1 where a file drifted")
    checking.add_argument("slugs", nargs="*", metavar="NN-slug", help="only these (default: all)")
    checking.set_defaults(run=_check)

    new = commands.add_parser("new", help="begin a lesson or a lab")
    new.add_argument("slug", metavar="NN-slug")
    new.add_argument("--lab", action="store_true", help="a lab (default: a lesson)")
    new.set_defaults(run=_new)
    return parser


def _build(options: argparse.Namespace) -> int:
    execution = Execution.WHEN_NEEDED
    if options.no_execute:
        execution = Execution.NEVER
    elif options.execute:
        execution = Execution.ALWAYS
    changed = build(options.root, options.slugs, execution=execution, verify=options.verify)
    for path in changed:
        print(f"built {path}" if (options.root / path).exists() else f"removed {path}")
    if not changed:
        print("every built file is as its source says")
    return 0


def _check(options: argparse.Namespace) -> int:
    drift = find_drift(options.root, options.slugs)
    for found in drift:
        print(f"{found.path} differs from its source:\n{found.why}\n")
    if drift:
        print(
            "Change the source in content/, then run: python -m serverless_course.authoring build"
        )
        return 1
    print("every built file is as its source says")
    return 0


def _new(options: argparse.Namespace) -> int:
    if not is_slug(options.slug):
        raise SourceError(f"'{options.slug}' is no slug: name it like 04-memory-tuning")
    for path in start(options.root, options.slug, Form.LAB if options.lab else Form.LESSON):
        print(f"wrote {path}")
    print(f"now write, then run: python -m serverless_course.authoring build {options.slug}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
