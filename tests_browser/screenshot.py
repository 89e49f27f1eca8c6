"""Take pictures of a notebook as a learner sees it.

``python -m tests_browser.screenshot NOTEBOOK OUT.png [--run] [--full] [--theme dark]``, from the
root of the checkout with its .venv. Works on a copy: the notebook itself is not changed.
"""

import argparse
import sys
from pathlib import Path

from jupyter_dirs import ROOT
from playwright.sync_api import TimeoutError as TooSlow

from tests_browser.chromium import NoChromiumError, headless
from tests_browser.notebook_page import NotebookPage, open_notebook
from tests_browser.served_copy import FOLDERS, THEMES, serve


def size(text: str) -> tuple[int, int]:
    """Read "1400x900" as width and height in pixels. Raises ValueError."""
    width, height = text.lower().split("x")
    return int(width), int(height)


def arguments(line: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="screenshot", description=__doc__)
    parser.add_argument("notebook", help="path in the checkout, as notebooks/00-start-here.ipynb")
    parser.add_argument("out", type=Path, help="the picture to write, as lesson.png")
    parser.add_argument("--run", action="store_true", help="run all cells first")
    parser.add_argument("--theme", choices=THEMES, default="light")
    parser.add_argument("--size", type=size, default=(1400, 900), help="window, as 1400x900")
    parser.add_argument("--timeout", type=float, default=300, help="seconds that a run may take")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--full", action="store_true", help="whole notebook: OUT-1.png, OUT-2.png …")
    what.add_argument("--cell", help="id of the cell to show at the top")
    options = parser.parse_args(line)
    path = (ROOT / options.notebook).resolve()
    if not path.is_file() or path.relative_to(ROOT).parts[0] not in FOLDERS:
        parser.error(f"{options.notebook} is no notebook in {', '.join(FOLDERS)}")
    options.notebook = path.relative_to(ROOT).as_posix()
    return options


def take(opened: NotebookPage, options: argparse.Namespace) -> None:
    """Write the pictures and print their names."""
    options.out.parent.mkdir(parents=True, exist_ok=True)
    if options.full:
        for path in opened.pictures(options.out):
            print(path)
        return
    if options.cell:
        opened.scroll_to(options.cell)
    else:
        opened.scroll_to_top()
    opened.page.screenshot(path=options.out)
    print(options.out)


def main() -> int:
    """Command line. Returns 1 when a cell raised, a dialog waits or the run took too long."""
    options = arguments()
    try:
        with serve(options.theme) as course, headless() as browser:
            opened = open_notebook(browser, course, options.notebook, options.size)
            problems = [f"dialog: {text}" for text in [opened.dialog()] if text]
            if options.run and not problems:
                try:
                    opened.run(options.timeout)
                except TooSlow:
                    problems.append(f"not done after {options.timeout:g} s")
                problems += [f"cell {cell}: {text}" for cell, text in opened.errors().items()]
                code, run = opened.counts()
                print(f"{run} of {code} code cells run")
            take(opened, options)
            for text in opened.troubles:
                print(f"console: {text}", file=sys.stderr)
    except (NoChromiumError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
