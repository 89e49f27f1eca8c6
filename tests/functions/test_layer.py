"""Layers of installed distributions: what goes in, what stays out, what is refused."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from serverless_course.functions.layer import layer_zip
from serverless_course.functions.package import PackageError

XRAY_SDK = ["aws-xray-sdk"]
OTEL_SDK = [
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry-propagator-aws-xray",
    "opentelemetry-sdk-extension-aws",
]


def names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def tops(data: bytes) -> set[str]:
    return {name.split("/")[1].partition("-")[0] for name in names(data)}


def test_a_layer_holds_a_distribution_and_what_it_requires() -> None:
    assert tops(layer_zip(XRAY_SDK)) == {"aws_xray_sdk", "wrapt"}
    assert {"google", "opentelemetry", "requests"} <= tops(layer_zip(OTEL_SDK))


def test_what_the_runtime_has_stays_out() -> None:
    found = tops(layer_zip(OTEL_SDK)) | tops(layer_zip(XRAY_SDK))
    assert not found & {"boto3", "botocore", "urllib3", "s3transfer", "jmespath", "dateutil", "six"}


def test_compiled_modules_and_caches_stay_out() -> None:
    for data in (layer_zip(XRAY_SDK), layer_zip(OTEL_SDK)):
        assert all(name.startswith("python/") for name in names(data))
        for ending in (".so", ".pyd", ".pyc", ".pyi"):
            assert not [name for name in names(data) if name.endswith(ending)]


def test_the_same_input_gives_the_same_bytes() -> None:
    assert layer_zip(OTEL_SDK) == layer_zip(list(reversed(OTEL_SDK)))
    assert layer_zip(["aws-xray-sdk", "wrapt"]) == layer_zip(["AWS_XRay.SDK"])


def test_what_distributions_register_goes_with_them() -> None:
    """OpenTelemetry finds its context and its propagators by entry points."""
    found = [name for name in names(layer_zip(OTEL_SDK)) if name.endswith("entry_points.txt")]
    assert [name for name in found if "opentelemetry_api" in name]


@pytest.mark.parametrize(
    ("distributions", "modules"),
    [
        (XRAY_SDK, "aws_xray_sdk.core, wrapt"),
        (
            OTEL_SDK,
            "opentelemetry.sdk.trace, opentelemetry.exporter.otlp.proto.http.trace_exporter, "
            "opentelemetry.propagators.aws, opentelemetry.sdk.extension.aws.resource",
        ),
    ],
)
def test_a_layer_works_with_nothing_but_what_the_runtime_has(
    distributions: list[str], modules: str, tmp_path: Path
) -> None:
    with zipfile.ZipFile(io.BytesIO(layer_zip(distributions))) as archive:
        archive.extractall(tmp_path)
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    for name in (
        "boto3",
        "botocore",
        "jmespath",
        "python-dateutil",
        "s3transfer",
        "six",
        "urllib3",
    ):
        for path in metadata.distribution(name).files or []:
            top = path.parts[0]
            link = runtime / top
            if top not in ("..", "__pycache__") and not link.exists():
                link.symlink_to(Path(str(metadata.distribution(name).locate_file(top))))
    code = f"import {modules}"
    ran = subprocess.run(
        [sys.executable, "-S", "-B", "-c", code],
        env={"PYTHONPATH": f"{tmp_path / 'python'}:{runtime}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(PackageError, match=r"not-there is not installed .*pip install not-there"):
        layer_zip(["not-there"])


def test_a_distribution_that_needs_its_compiled_part_is_refused() -> None:
    with pytest.raises(PackageError, match="numpy cannot run without its compiled module"):
        layer_zip(["numpy"])


@pytest.mark.parametrize("given", [["a b"], [""], "aws-xray-sdk", [], ["boto3"]])
def test_what_is_no_list_of_distributions_is_refused(given: list[str]) -> None:
    with pytest.raises(PackageError):
        layer_zip(given)
