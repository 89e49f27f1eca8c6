"""The browser: a Chromium of this machine, none is downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


class NoChromiumError(Exception):
    """No Chromium was found; the text says what to do."""


def find() -> str:
    """Return the path of Chromium: the one that CHROMIUM names, or the first on the PATH.

    Raises NoChromiumError.
    """
    named = os.environ.get("CHROMIUM")
    for name in (named,) if named else NAMES:
        path = shutil.which(name)
        if path:
            return path
    missing = f"CHROMIUM={named} does not run" if named else "There is no Chromium here"
    raise NoChromiumError(
        f"{missing}: install it (on Debian and Ubuntu 'sudo apt install chromium'), "
        "or name yours: CHROMIUM=/path/to/chrome make browser"
    )


@contextmanager
def headless() -> Iterator[Browser]:
    """Run Chromium without a window."""
    path = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
