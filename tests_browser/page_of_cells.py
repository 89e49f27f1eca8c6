"""A notebook made of a few cells, run in a real JupyterLab."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from jupyter_dirs import ROOT
from playwright.sync_api import Page

from tests_browser.chromium import headless
from tests_browser.notebook_page import open_notebook
from tests_browser.served_copy import serve

# A first cell begins with it: then the package and the tests are those of this checkout.
PATHS = f"import sys\nsys.path[:0] = [{str(ROOT / 'src')!r}, {str(ROOT)!r}]\n"


def notebook(sources: Sequence[str]) -> str:
    """The text of a notebook with these code cells."""
    cells = [
        {"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": source, "outputs": []}
        | {"execution_count": None}
        for at, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    )


@contextmanager
def page_of(sources: Sequence[str], theme: str = "light", height: int = 900) -> Iterator[Page]:
    """The page of a notebook whose cells have run; neither they nor the page may raise."""
    with serve(theme) as course, headless() as browser:
        (course.folder / "notebooks" / "cells.ipynb").write_text(notebook(sources), "utf-8")
        opened = open_notebook(browser, course, "notebooks/cells.ipynb", (1400, height))
        opened.run(timeout_s=120)
        assert opened.errors() == {}
        yield opened.page
        assert opened.troubles == []
