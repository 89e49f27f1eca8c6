"""Settings that AWS offers and the embedded cloud does not: refused, and never ignored."""

from __future__ import annotations

from typing import Any

from ..wire.errors import ServiceError

# Members of CreateFunction, UpdateFunctionConfiguration and UpdateFunctionCode, and what each
# would bring. An empty value asks for nothing, and is no error.
SETTINGS = {
    "FileSystemConfigs": "file systems (Amazon EFS, Amazon S3 Files)",
    "ImageConfig": "container images",
    "CodeSigningConfigArn": "code signing",
    "CapacityProviderConfig": "Lambda Managed Instances",
    "TenancyConfig": "tenant isolation",
    "RuntimeConfig": "customer-managed runtimes",
    "AcceleratorConfig": "accelerators",
    "PublishTo": "$LATEST.PUBLISHED, a version of Lambda Managed Instances",
}
# The same for PublishVersion, and for the headers of Invoke.
VERSIONS = {"PublishTo": SETTINGS["PublishTo"]}
INVOKE_HEADERS = {
    "X-Amz-Tenant-Id": SETTINGS["TenancyConfig"],
}
# The same for members of Code, and of UpdateFunctionCode.
CODE = {
    "ImageUri": "container images",
    "SourceKMSKeyArn": "packages encrypted with AWS KMS",
}


def refuse(given: dict[str, Any], table: dict[str, str]) -> None:
    """Refuse the settings of a table. Raises `ServiceError` with what to do."""
    for member, what in table.items():
        if given.get(member):
            raise not_offered(member, what)


def not_offered(member: str, what: str) -> ServiceError:
    """The answer to a setting that is not offered."""
    return ServiceError(
        "InvalidParameterValueException",
        f"The embedded cloud does not offer {what}. Leave {member} out, or use an AWS account.",
    )
