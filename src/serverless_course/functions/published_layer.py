"""Publishes a layer, or finds the version that was published before."""

from __future__ import annotations

import base64
import hashlib
from typing import Any


def publish_layer(client: Any, name: str, package: bytes, description: str = "") -> str:
    """The ARN of a layer version with just this content.

    The newest version is taken when its content is the same, so that running a cell again makes
    no second one.

    Args:
        client: a boto3 client of Lambda.
        name: the layer's full name.
        package: the zip file, 50 MB at most.
        description: what a list of layers shows, 256 characters at most.

    Raises:
        ClientError: Lambda refused.
    """
    digest = base64.b64encode(hashlib.sha256(package).digest()).decode()
    versions = client.list_layer_versions(LayerName=name, MaxItems=1)["LayerVersions"]
    for version in versions:
        found = client.get_layer_version(LayerName=name, VersionNumber=version["Version"])
        if found["Content"]["CodeSha256"] == digest:
            return str(found["LayerVersionArn"])
    made = client.publish_layer_version(
        LayerName=name, Content={"ZipFile": package}, Description=description[:256]
    )
    return str(made["LayerVersionArn"])
