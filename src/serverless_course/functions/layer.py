"""A Lambda layer made of Python distributions that are installed here. Same input, same bytes.

A layer's ``python/`` folder is on every Python function's module path (Lambda Developer Guide,
"Working with layers for Python Lambda functions", read 2026-11). Compiled modules run on one
system and one Python only, so they are left out, and what is left runs everywhere: on AWS, too.
A distribution that cannot run without them is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from serverless_course.functions.package import PackageError, zip_files

# What Lambda's Python runtimes bring themselves: boto3 and all that it needs.
IN_THE_RUNTIME = frozenset(
    {"boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3"}
)
# Compiled modules of distributions that have the same in Python, and take it where these are not:
# wrapt 2 (wrapt/wrappers.py), protobuf (google/protobuf/internal/api_implementation.py).
WITH_A_FALLBACK = frozenset({("wrapt", "_wrappers"), ("protobuf", "_message")})
COMPILED = (".so", ".pyd", ".dylib", ".dll")
LEFT_OUT = (".pyc", ".pyi", ".pyx", ".pxd", ".c", ".h")
# Of a distribution's own records, those that code asks for while it runs: its version, what it
# registers, and its licence.
RECORDS = ("METADATA", "entry_points.txt")
# What a distribution may require on other systems only is not wanted: Lambda runs Linux.
ON_LAMBDA = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}


def layer_zip(distributions: Sequence[str]) -> bytes:
    """A layer of distributions and all that they require, for ``publish_layer_version``.

    Args:
        distributions: names as a package index knows them, such as ``"aws-xray-sdk"``; extras
            may follow in brackets.

    Returns:
        The zip file, with everything under ``python/``.

    Raises:
        PackageError: one is not installed here, has no list of its files (an editable install),
            or cannot run without its compiled part; or the whole has more than 50 MB.
    """
    if isinstance(distributions, str):
        raise PackageError(f"Give a list of distributions: [{distributions!r}].")
    files: dict[str, str | bytes] = {}
    for found in _with_requirements(distributions):
        files |= _files(found)
    if not files:
        raise PackageError("A layer needs at least one distribution that the runtime lacks.")
    return zip_files(files)


def _with_requirements(names: Iterable[str]) -> list[metadata.Distribution]:
    """The distributions and what they require, each once, in the order of their names."""
    found: dict[str, metadata.Distribution] = {}
    done: set[tuple[str, str]] = set()
    waiting = [(_requirement(name), "") for name in names]
    while waiting:
        requirement, wanted_by = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in IN_THE_RUNTIME:
            continue
        try:
            found[name] = metadata.distribution(requirement.name)
        except metadata.PackageNotFoundError as error:
            why = f", which {wanted_by} requires," if wanted_by else ""
            raise PackageError(
                f"{requirement.name}{why} is not installed beside this notebook. Install it "
                f"(pip install {requirement.name}), and make the layer again."
            ) from error
        for extra in ("", *sorted(requirement.extras)):
            if (name, extra) in done:
                continue
            done.add((name, extra))
            for text in found[name].requires or []:
                needed = Requirement(text)
                if needed.marker is None or needed.marker.evaluate({**ON_LAMBDA, "extra": extra}):
                    waiting.append((needed, requirement.name))
    return [found[name] for name in sorted(found)]


def _requirement(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise PackageError(f"{text!r} is not the name of a distribution.") from error


def _files(distribution: metadata.Distribution) -> dict[str, bytes]:
    name = distribution.name
    listed = distribution.files
    if not listed or any(path.name.startswith("__editable__") for path in listed):
        raise PackageError(
            f"{name} is installed without its own files (as an editable install). Install it as "
            "a package, and make the layer again."
        )
    plain = {str(path) for path in listed}
    found = {}
    for path in listed:
        inside = PurePosixPath(path.as_posix())
        if ".." in inside.parts or inside.is_absolute() or "__pycache__" in inside.parts:
            continue
        if inside.suffix in COMPILED:
            _check_fallback(canonicalize_name(name), inside, plain)
        elif inside.suffix not in LEFT_OUT and _wanted(inside):
            found[f"python/{inside}"] = path.read_binary()
    return found


def _wanted(path: PurePosixPath) -> bool:
    folder = path.parts[0]
    if not folder.endswith(".dist-info"):
        return True
    return path.name in RECORDS or "licen" in str(path.relative_to(folder)).lower()


def _check_fallback(name: str, module: PurePosixPath, listed: set[str]) -> None:
    """Refuse a compiled module that has no stand-in in Python.

    One that mypyc made lies beside its source, or is the part that those share.
    """
    stem = module.name.partition(".")[0]
    if (name, stem) in WITH_A_FALLBACK or stem.endswith("__mypyc"):
        return
    if str(module.with_name(f"{stem}.py")) in listed:
        return
    raise PackageError(
        f"{name} cannot run without its compiled module {module}, which runs on this system and "
        "this Python only. A layer for Lambda would need one that was built there."
    )


def installed(distributions: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name and version of everything that goes into such a layer."""
    for found in _with_requirements(distributions):
        yield found.name, found.version
