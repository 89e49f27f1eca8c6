"""Note how long each group of tests took: ``tests/durations.json``, from the last run's report.

``make test`` hands out the groups that take longest first. Run this after a whole ``make test`` on
a quiet machine when the order no longer fits: ``.venv/bin/python tools/note_durations.py``.
"""

import json
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

from jupyter_dirs import ROOT

sys.path.insert(0, str(ROOT / "tests"))
from work_groups import group_of

REPORT = ROOT / "build" / "test-reports" / "tests.xml"
TABLE = ROOT / "tests" / "durations.json"


def durations(report: Path) -> dict[str, float]:
    """Seconds of each group, from a JUnit file of pytest's."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - our own file
        file = case.attrib["classname"].replace(".", "/")
        seconds[group_of(f"{file}.py::{case.attrib['name']}")] += float(case.attrib["time"])
    return {group: round(took, 1) for group, took in sorted(seconds.items())}


if __name__ == "__main__":
    if not REPORT.is_file():
        sys.exit(f"{REPORT} is not there: run make test first")
    TABLE.write_text(json.dumps(durations(REPORT), indent=1) + "\n", encoding="utf-8")
