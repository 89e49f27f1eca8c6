"""pyproject.toml, constraints.txt and environment.yml say the same, and name no registry."""

import re
import tomllib
from pathlib import Path

import installer
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ["3.11.0", "3.11.9", "3.12.1", "3.13.0", "3.14.0"]
PLATFORMS = ["linux", "darwin"]
# conda's name for a package, where it differs.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
# Only the Python Package Index is sure to have these: awslambdaric at all, moto with its extras, and
# of cfn-lint, PyJWT, PyYAML, regex and wrapt, which come with moto and the X-Ray SDK, the same
# versions.
FROM_PIP = {
    "aws-durable-execution-sdk-python",
    "aws-lambda-powertools",
    "aws-sam-translator",
    "aws-xray-sdk",
    "awslambdaric",
    "cfn-lint",
    "jsonata-python",
    "localstack-core",
    "moto",
    "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry-propagator-aws-xray",
    "opentelemetry-sdk",
    "opentelemetry-sdk-extension-aws",
    "pyjwt",
    "pyyaml",
    "regex",
    "wrapt",
}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def pins() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def applies(requirement: Requirement, python: str, platform: str) -> bool:
    where = {
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "sys_platform": platform,
        "os_name": "posix",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    return requirement.marker is None or requirement.marker.evaluate(where)


def pinned(name: str, python: str, platform: str) -> str:
    found = [
        str(pin.specifier).removeprefix("==")
        for pin in pins()
        if canonicalize_name(pin.name) == canonicalize_name(name) and applies(pin, python, platform)
    ]
    assert len(found) == 1, f"{name} on {platform}, Python {python}: {found}"
    return found[0]


def test_every_constraint_is_one_exact_version() -> None:
    assert len(pins()) > 100
    for pin in pins():
        assert re.fullmatch(r"==[0-9][0-9a-z.]*", str(pin.specifier)), str(pin)
        assert pin.url is None


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_requirement_is_pinned_and_satisfied(python: str, platform: str) -> None:
    groups = project()["optional-dependencies"]
    lines = [*project()["dependencies"], *(line for group in groups.values() for line in group)]
    for line in lines:
        wanted = Requirement(line)
        if applies(wanted, python, platform):
            version = pinned(wanted.name, python, platform)
            assert wanted.specifier.contains(version), f"{line} and {version}"


def test_the_set_up_asks_for_exactly_what_pyproject_lists() -> None:
    groups = project()["optional-dependencies"]
    asked = installer.requirements(ROOT, ["dev"])
    assert sorted(asked) == sorted([*project()["dependencies"], *groups["build"], *groups["dev"]])


def conda_file() -> tuple[list[str], list[str]]:
    """Return conda's own lines and those of its pip section."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    own = [line for line in listed if isinstance(line, str)]
    (pip,) = [entry["pip"] for entry in listed if isinstance(entry, dict)]
    return own, pip


def test_conda_allows_the_same_pythons() -> None:
    (line,) = [line for line in conda_file()[0] if line.startswith("python>")]
    assert SpecifierSet(line.removeprefix("python")) == SpecifierSet(project()["requires-python"])


def test_conda_has_the_same_direct_dependencies_in_the_same_versions() -> None:
    own, pip = conda_file()
    direct = {wanted.name: wanted for wanted in map(Requirement, project()["dependencies"])}
    expected = {
        f"{CONDA_NAMES.get(name, name)}={pinned(name, '3.12.1', 'linux')}"
        for name in direct
        if name not in FROM_PIP
    }
    assert {line for line in own if not line.startswith("python>") and line != "pip"} == expected

    installed = {Requirement(line).name: Requirement(line) for line in pip if line[0] != "-"}
    assert set(installed) == FROM_PIP
    for name, line in installed.items():
        assert line.extras == direct[name].extras
        assert str(line.marker) == str(direct[name].marker)
        assert str(line.specifier) == f"=={pinned(name, '3.12.1', 'linux')}"
    assert [line for line in pip if line[0] == "-"] == ["--editable ."]


@pytest.mark.parametrize("name", ["constraints.txt", "environment.yml", "pyproject.toml"])
def test_no_registry_is_named(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"://|index-url|find-links|trusted-host", text)
