"""A look at a function's source before anything is created: is the handler there?

A handler that is missing shows on AWS only when the function is first invoked, as an Init error.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

_SUFFIXES = {
    "python": (".py",),
    "nodejs": (".mjs", ".js", ".cjs"),
    "ruby": (".rb",),
}


class SourceError(ValueError):
    """The function's source cannot work as it is; the message shows where."""


def check_source(folder: str | Path, handler: str, runtime: str) -> None:
    """Make sure that the folder holds the handler that the function will be given.

    For Python the file is parsed, not run: a syntax error is shown with its file, line and text,
    and a handler function that is not defined is named. For other runtimes the file must exist.

    Args:
        folder: the function's folder.
        handler: ``file.function``, as Lambda's ``Handler``.
        runtime: Lambda's runtime name, for example ``"python3.12"``.

    Raises:
        SourceError: missing folder, missing file, syntax error, or no such function.
    """
    root = Path(folder)
    if not root.is_dir():
        raise SourceError(f"There is no folder {root}, so there is nothing to deploy.")
    family = re.match(r"[a-z]*", runtime).group()  # type: ignore[union-attr]
    if family == "provided":
        if not (root / "bootstrap").is_file():
            raise SourceError(f"{runtime} runs a file named 'bootstrap', and {root} has none.")
        return
    if family not in _SUFFIXES:
        return
    file, function = _file_of(root, handler, family)
    if family == "python" and _readable_here(runtime):
        for source in sorted(root.glob("*.py")):
            _parse(source)
        _find(_parse(file), function, file)


def _file_of(root: Path, handler: str, family: str) -> tuple[Path, str]:
    module, _, function = handler.rpartition(".")
    if not module or not function:
        raise SourceError(
            f"The handler {handler!r} has no dot. Write it as 'file.function', for example "
            "'lambda_function.lambda_handler'."
        )
    inside = module.replace(".", "/") if family == "python" else module
    candidates = [root / f"{inside}{suffix}" for suffix in _SUFFIXES[family]]
    if family == "python":
        candidates.append(root / inside / "__init__.py")
    for candidate in candidates:
        if candidate.is_file():
            return candidate, function
    there = ", ".join(sorted(item.name for item in root.iterdir())) or "nothing"
    raise SourceError(
        f"The handler {handler!r} needs the file {candidates[0].relative_to(root)}, and {root} "
        f"holds {there}. Rename the file, or pass handler='file.function'."
    )


def _readable_here(runtime: str) -> bool:
    # A grammar newer than this interpreter's could refuse what the runtime accepts.
    version = re.fullmatch(r"python(\d+)\.(\d+)", runtime)
    return version is not None and (int(version[1]), int(version[2])) <= sys.version_info[:2]


def _parse(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes(), filename=str(file))
    except SyntaxError as error:
        text = (error.text or "").rstrip("\n")
        caret = " " * ((error.offset or 1) - 1) + "^"
        shown = f"\n    {text}\n    {caret}" if text.strip() else ""
        raise SourceError(
            f"{file}, line {error.lineno}: {error.msg}.{shown}\n"
            "Nothing was deployed. Fix that line and deploy again."
        ) from error
    except ValueError as error:
        raise SourceError(f"{file} is not Python source: {error}.") from error


def _find(tree: ast.Module, function: str, file: Path) -> None:
    names, sure = _top_level(tree.body)
    if function in names or not sure:
        return
    functions = sorted(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
    has = f"It defines {', '.join(functions)}." if functions else "It defines no function."
    raise SourceError(
        f"{file} does not define {function!r}, which the handler names. {has} "
        "Rename one of them, or pass handler='file.function'."
    )


def _top_level(body: list[ast.stmt]) -> tuple[set[str], bool]:
    """Names that a module binds, and whether that is sure to be all of them."""
    names: set[str] = set()
    sure = True
    todo = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
            sure = sure and all(alias.name != "*" for alias in node.names)
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            sure = sure and "globals" not in ast.dump(node.value)
        names |= {
            name.id
            for name in ast.walk(node)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
        todo += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            todo += part.body
    return names, sure and "__getattr__" not in names
