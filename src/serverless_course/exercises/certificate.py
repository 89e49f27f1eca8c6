"""The course's own record of what was done, as one HTML file that verifies itself.

``python -m serverless_course.exercises.certificate FILE`` says whether a file agrees with its own
evidence: exit code 0 when it does, 1 when it does not or cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from serverless_course.exercises.certificate_evidence import Catalogue, evidence_of
from serverless_course.exercises.certificate_page import OPENING, page_of
from serverless_course.exercises.certificate_proof import NotACertificate, evidence_in, findings
from serverless_course.exercises.hints import hint_book
from serverless_course.exercises.predictions import Said
from serverless_course.exercises.progress import Kept
from serverless_course.exercises.task import tasks_of
from serverless_course.slugs import known_slugs

LIMIT = (
    "It was made on the learner's machine: whoever can run the course's code can make another "
    "that agrees with itself."
)


class Certificate(Said):
    """A certificate that was written: `path`, and a sentence about it in `text`."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text

    @classmethod
    def write(cls, path: Path, kept: Kept, catalogue: Catalogue, name: str = "") -> Certificate:
        """Write the certificate of what is kept.

        Raises ValueError when `path` is a file of another kind, OSError when it cannot be written.
        """
        if path.exists() and OPENING not in path.read_text(encoding="utf-8", errors="replace"):
            raise ValueError(f"{path} is there and is not a certificate: give another name.")
        evidence = evidence_of(kept, catalogue, name, datetime.now(UTC))
        path.write_text(page_of(evidence), encoding="utf-8")
        sums = evidence["sums"]
        told = f"{sums['right']} of {sums['tasks']} tasks are right"
        if not (sums["right"] or sums["predictions"]):
            told += "; the first one is a good place to begin"
        return cls(path, f"Written: `{path}`. {told}. {LIMIT}")


def course_tasks(here: Path) -> Catalogue:
    """The tasks of all lessons and labs that are known in the folder `here`, with their titles."""
    found: Catalogue = {}
    for slug in known_slugs(here):
        names = list(tasks_of(slug))
        titles = hint_book(slug).titles() if names else {}
        found[slug] = {name: titles.get(name, name) for name in names}
    return found


def main(arguments: list[str] | None = None) -> int:
    """Verify the file that the command line names, and say what was found."""
    parser = argparse.ArgumentParser(
        prog="python -m serverless_course.exercises.certificate",
        description="Verify a certificate of the course against its own evidence.",
    )
    parser.add_argument("file", type=Path, help="the certificate, an HTML file")
    file: Path = parser.parse_args(arguments).file
    try:
        page = file.read_text(encoding="utf-8")
        evidence = evidence_in(page)
    except OSError as error:
        print(f"{file} cannot be read: {error.strerror}.", file=sys.stderr)
        return 1
    except UnicodeDecodeError:
        print(f"{file} is not a certificate: it is not text in UTF-8.", file=sys.stderr)
        return 1
    except NotACertificate as error:
        print(f"{file} cannot be verified: {error}", file=sys.stderr)
        return 1
    same = evidence["course"] == version("serverless-course")
    found = findings(page, evidence, course_tasks(Path.cwd()) if same else None)
    for line in found:
        print("".join(sign if sign.isprintable() else "�" for sign in line))
    if found:
        print(f"{file} does not agree with its own evidence: {len(found)} findings.")
        return 1
    for line in _remarks(evidence["course"] if not same else "", evidence["predictions"]):
        print(line)
    sums = evidence["sums"]
    print(
        f"{file} agrees with its own evidence: {sums['right']} of {sums['tasks']} tasks right, "
        f"{sums['predictions']} predictions. {LIMIT}"
    )
    return 0


def _remarks(other: str, predictions: list[dict[str, object]]) -> list[str]:
    said = []
    if other:
        said.append(f"Made by version {other} of the course: its list of tasks was not compared.")
    old = sum("quantities" not in each for each in predictions)
    if old:
        said.append(f"Kept without their numbers, so that no ratio was recomputed: {old}.")
    return said


if __name__ == "__main__":
    sys.exit(main())
