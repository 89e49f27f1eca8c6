"""Small sources for the authoring tests, and a copy of them that a test may change."""

import shutil
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"
CHECKOUT = Path(__file__).parents[2]
LESSON = Path("content/lessons/90-sample-lesson.py")
LAB = Path("content/labs/91-sample-lab/lab.py")


def copy_samples(folder: Path) -> Path:
    """Copy sources and built files to `folder`, a course of its own."""
    return Path(shutil.copytree(SAMPLES, folder / "course"))


def change(path: Path, old: str, new: str) -> None:
    """Put `new` in place of `old`, which must stand in the file exactly once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")
