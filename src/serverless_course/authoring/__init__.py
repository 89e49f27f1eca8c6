"""Authoring: the text sources in ``content/`` become notebooks, labs and solutions.

``python -m serverless_course.authoring build`` builds, ``check`` finds drift, ``new`` starts a
lesson or a lab. ``content/README.md`` says how to write one.
"""

import sys
from contextlib import suppress


def _import_without_iris() -> None:
    """Import jsonschema, which nbformat needs, without the grammar of IRIs.

    To build that grammar takes more than a second of every process, and a notebook has no IRI
    whose form is checked.
    """
    grammar = "rfc3987_syntax"
    if grammar in sys.modules:
        return
    sys.modules[grammar] = None  # type: ignore[assignment]
    try:
        with suppress(ImportError):
            import jsonschema  # type: ignore[import-untyped]  # noqa: F401, PLC0415
    finally:
        del sys.modules[grammar]


_import_without_iris()
