"""Only the embedded cloud knows itself: all others reach it as a command, through boto3."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "serverless_course"
CLOUD = PACKAGE / "localcloud"
NAME = "serverless_course.localcloud"
COMMAND = PACKAGE / "aws" / "embedded.py"


def sources(path: Path) -> Iterator[str]:
    """Yield the Python of a module, or of each code cell of a notebook."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        yield text
        return
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "code":
            yield TransformerManager().transform_cell("".join(cell["source"]))


def learner_facing() -> list[Path]:
    """Every module and notebook but the embedded cloud's own."""
    return [
        path
        for folder in ("src", "content", "labs", "notebooks", "solutions")
        for kind in ("*.py", "*.ipynb")
        for path in sorted((ROOT / folder).rglob(kind))
        if not path.is_relative_to(CLOUD) and ".ipynb_checkpoints" not in path.parts
    ]


def imports(source: str, package: str = "") -> Iterator[str]:
    """Yield the absolute name of everything that is imported, names of ``from`` imports too.

    ``package`` is the dotted package of the module, for relative imports.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, node.module or ""] if node.level else [node.module or ""])
            yield from (f"{base.rstrip('.')}.{alias.name}" for alias in node.names)


def mentions(source: str) -> Iterator[str]:
    """Yield every string of the code, but no docstring, that names the embedded cloud's package."""
    tree = ast.parse(source)
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in prose else None
        if isinstance(text, str) and re.search(r"\blocalcloud\b", text):
            yield text


def package_of(path: Path) -> str:
    if not path.is_relative_to(ROOT / "src"):
        return ""
    return ".".join(path.relative_to(ROOT / "src").parent.parts)


def test_nobody_imports_the_embedded_cloud() -> None:
    files = learner_facing()
    assert PACKAGE / "__init__.py" in files
    bad = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for source in sources(path)
        for name in imports(source, package_of(path))
        if f"{name}.".startswith(f"{NAME}.")
    ]
    assert bad == []


def test_only_the_module_that_starts_it_as_a_command_mentions_it() -> None:
    found = {
        path: list(texts)
        for path in learner_facing()
        if (texts := [text for source in sources(path) for text in mentions(source)])
    }
    assert set(found) == {COMMAND}
    assert NAME in found[COMMAND]


def test_the_embedded_cloud_imports_nothing_of_the_course_but_network() -> None:
    files = sorted(CLOUD.rglob("*.py"))
    assert files
    allowed = (f"{NAME}.", "serverless_course.network.")
    bad = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for source in sources(path)
        for name in imports(source, package_of(path))
        if name.startswith("serverless_course") and not f"{name}.".startswith(allowed)
    ]
    assert bad == []


def test_the_room_of_networks_is_pure() -> None:
    files = sorted((PACKAGE / "network").rglob("*.py"))
    assert files
    # What computes, and what names types: nothing that reads, writes, waits, or calls AWS.
    allowed = (
        "serverless_course.network.",
        "__future__.",
        "collections.",
        "dataclasses.",
        "enum.",
        "fnmatch.",
        "fractions.",
        "ipaddress.",
        "itertools.",
        "json.",
        "math.",
        "re.",
        "typing.",
    )
    bad = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for source in sources(path)
        for name in imports(source, package_of(path))
        if not f"{name}.".startswith(allowed) and name != "serverless_course.network"
    ]
    assert bad == []


@pytest.mark.parametrize(
    ("source", "package"),
    [
        ("import serverless_course.localcloud.server", ""),
        ("from serverless_course import localcloud", ""),
        ("from serverless_course.localcloud import server", ""),
        ("from ..localcloud import server", "serverless_course.aws"),
        ("from .. import localcloud", "serverless_course.aws"),
        ("from . import localcloud", "serverless_course"),
        ("def late():\n    from .localcloud.server import run", "serverless_course"),
    ],
)
def test_the_walk_sees_every_way_to_import(source: str, package: str) -> None:
    assert any(f"{name}.".startswith(f"{NAME}.") for name in imports(source, package))


def test_the_walk_sees_mentions_in_code_and_not_in_prose() -> None:
    code = '"""About localcloud."""\nimportlib.import_module("serverless_course.localcloud")'
    assert list(mentions(code)) == [NAME]
