"""Which runtimes AWS takes, and which it names when it refuses another.

Recorded from AWS by localstack's public tests in 2026 (``test_create_lambda_exceptions`` and
``test_layer_exceptions``): for a function and for what a layer says that it fits, only those that
can be created, in the order that Lambda prints; for a filter of layers, every value that was ever
in AWS's model.
"""

from __future__ import annotations

CREATABLE = (
    *("nodejs20.x", "python3.14", "provided.al2023", "python3.12", "python3.13", "nodejs24.x"),
    *("nodejs22.x", "java25", "python3.10", "python3.11", "java21", "ruby3.3", "ruby3.4"),
    *("ruby3.2", "python3.8", "python3.9", "java17", "nodejs16.x", "dotnet10", "dotnet8"),
    *("java11", "dotnet6", "nodejs18.x", "provided.al2", "java8.al2"),
)
# In the API since the recording (botocore 1.44, ruby4.0 in April 2026, the others in July). AWS
# takes them; that it names them in a refusal is not recorded, so no refusal here names them.
NEWER = frozenset(
    {"ruby4.0", "python3.15", "nodejs26.x", "java8.al2023", "java11.al2023", "java17.al2023"}
)
# The order of the API reference, ``CompatibleRuntimes`` (2026).
EVER = (
    *("nodejs", "nodejs4.3", "nodejs6.10", "nodejs8.9", "nodejs8.10", "nodejs8.x", "nodejs10.x"),
    *("nodejs12.x", "nodejs14.x", "nodejs16.x", "nodejs18.x", "nodejs20.x", "nodejs22.x"),
    *("nodejs24.x", "java8", "java8.al2", "java11", "java17", "java21", "java25", "python2.7"),
    *("python3.4", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10", "python3.11"),
    *("python3.12", "python3.13", "python3.14", "dotnetcore1.0", "dotnetcore2.0"),
    *("dotnetcore2.1", "dotnetcore3.1", "dotnet6", "dotnet8", "dotnet10", "nodejs4.3-edge"),
    *("python2.7-greengrass", "byol", "go1.9", "go1.x", "ruby2.5", "ruby2.6", "ruby2.7"),
    *("ruby3.2", "ruby3.3", "ruby3.4", "provided", "provided.al2", "provided.al2023", "nasa"),
    *("nodejs26.x", "ruby3.5", "python3.15"),
)


def can_be_created(runtime: str) -> bool:
    """Whether AWS makes a new function with this runtime."""
    return runtime in CREATABLE or runtime in NEWER
