"""The objects that DeleteObjects names, in its XML body.

Source: Amazon S3 API Reference, DeleteObjects (read 2026-11): at most 1,000 keys.
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape

from ...wire.errors import ServiceError

MOST = 1000
# Characters that a text of XML does not keep when they stand in it as they are.
ODD = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
MALFORMED = (
    "The XML you provided was not well-formed or did not validate against our published schema"
)


def deleted_keys(body: bytes) -> list[tuple[str, str]]:
    """Keys, each with its version id or nothing. Raises `ServiceError` for any other XML."""
    return _read(body)[0]


def rewritten(body: bytes) -> bytes:
    """The body with these keys, and with nothing that could be read in another way."""
    keys, quiet = _read(body)
    objects = "".join(
        f"<Object><Key>{escape(key, ODD)}</Key>"
        + (f"<VersionId>{escape(version, ODD)}</VersionId>" if version else "")
        + "</Object>"
        for key, version in keys
    )
    return f"<Delete>{objects}<Quiet>{str(quiet).lower()}</Quiet></Delete>".encode()


def _read(body: bytes) -> tuple[list[tuple[str, str]], bool]:
    # A document type could hold entities; nobody sends one.
    if b"<!" in body:
        raise ServiceError("MalformedXML", MALFORMED)
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - there is no document type in it
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ServiceError("MalformedXML", MALFORMED) from error
    found, quiet = [], False
    for each in root:
        name = each.tag.removeprefix(NAMESPACE)
        if name == "Quiet":
            quiet = each.text == "true"
            continue
        members = {child.tag.removeprefix(NAMESPACE): child.text or "" for child in each}
        if name != "Object" or len(members) != len(each) or not members.get("Key"):
            raise ServiceError("MalformedXML", MALFORMED)
        found.append((members["Key"], members.get("VersionId", "")))
    if root.tag.removeprefix(NAMESPACE) != "Delete" or not 0 < len(found) <= MOST:
        raise ServiceError("MalformedXML", MALFORMED)
    return found, quiet
