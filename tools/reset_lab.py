"""Put one lab back as it came: ``make reset LAB=04-memory-tuning``.

Its notebook and function files come from the last commit; what was there is set aside first. Its
progress and predictions are forgotten. No other lesson or lab is touched.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from jupyter_dirs import ROOT
from setup_error import SetupError

from serverless_course.aws.ledger import state_dir
from serverless_course.exercises.progress import Progress


def place_of(slug: str, root: Path) -> Path:
    """The lab's folder, or the lesson's notebook. Raises SetupError, and names those there are."""
    places = {path.name: path for path in sorted((root / "labs").iterdir()) if path.is_dir()}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        places.setdefault(path.stem, path)
    if slug not in places:
        said = f"There is no lab {slug!r}." if slug else "Which lab?"
        raise SetupError(
            f"{said} Name one of these: {', '.join(places)}. For example: "
            "make reset LAB=04-memory-tuning"
        )
    return places[slug]


def reset(slug: str, root: Path, state: Path) -> Path | None:
    """Put a lab back; the folder in which the learner's own files were set aside.

    None when the lab is as it came. Raises SetupError where that cannot be done.
    """
    place = place_of(slug, root)
    within = place.relative_to(root).as_posix()
    changed = _git(root, "status", "--porcelain", "--ignored", "--", within).strip()
    aside = None
    if changed:
        aside = _free(state / "set-aside", slug)
        aside.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(place, aside)
        _git(root, "checkout", "HEAD", "--", within)
    Progress(state / "progress.json").forget(slug)
    return aside


def _free(folder: Path, slug: str) -> Path:
    number = 1
    while (folder / f"{slug}-{number}").exists():
        number += 1
    return folder / f"{slug}-{number}"


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        raise SetupError("git is not installed, and it knows how the lab came.") from None
    except subprocess.CalledProcessError as error:
        raise SetupError(
            f"git could not do it: {error.stderr.strip() or error}. If this folder is no clone, "
            "get the lab's folder again from where the course came from."
        ) from None
    return done.stdout


def main(arguments: list[str]) -> int:
    """Reset the lab that is named, and say what became of it."""
    slug = arguments[0].strip() if arguments else ""
    try:
        aside = reset(slug, ROOT, state_dir())
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    if aside is None:
        print(f"{slug} is as it came; its progress is forgotten.")
    else:
        print(f"{slug} is as it came, its progress is forgotten. Your own files are in {aside}.")
    print("If it is open in JupyterLab, close it there and open it again.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
