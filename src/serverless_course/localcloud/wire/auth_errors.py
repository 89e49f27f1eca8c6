"""Refusals of a signature, in the code and the words of the service that refuses.

Sources: Amazon S3 API Reference, "List of error codes"; IAM User Guide, "Troubleshoot Signature
Version 4 signing for AWS API requests"; the words as SDKs' issue trackers quote them (read
2026-11). S3 has codes of its own; the other services share theirs.
"""

from __future__ import annotations

from .errors import ServiceError

UNKNOWN_KEY = "The security token included in the request is invalid."


def incomplete(message: str) -> ServiceError:
    """A signature that lacks a part, or has one that cannot be read."""
    return ServiceError("IncompleteSignature", message, 403)


def malformed(service: str, message: str, *, presigned: bool) -> ServiceError:
    """A signature whose parts contradict each other, or AWS's limits."""
    if service != "s3":
        return ServiceError("InvalidSignatureException", message, 403)
    code = "AuthorizationQueryParametersError" if presigned else "AuthorizationHeaderMalformed"
    return ServiceError(code, message, 400)


def mismatch(service: str) -> ServiceError:
    """The signature is another one."""
    return ServiceError(
        "SignatureDoesNotMatch" if service == "s3" else "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. "
        "Consult the service documentation for details.",
        403,
    )


def not_signed(service: str, names: list[str]) -> ServiceError:
    """Headers that were sent and have to be signed."""
    if service == "s3":
        text = "There were headers present in the request which were not signed"
        return ServiceError(
            "AccessDenied", text, 403, fields={"HeadersNotSigned": ", ".join(names)}
        )
    if names == ["host"]:
        text = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    else:
        text = f"'{names[0]}' must be a 'SignedHeader' in the AWS Authorization."
    return ServiceError("InvalidSignatureException", text, 403)


def unknown_token() -> ServiceError:
    """An access key that nobody has, or a session token that is not its own."""
    return ServiceError("UnrecognizedClientException", UNKNOWN_KEY, 403)


def two_mechanisms() -> ServiceError:
    """A request that is signed in more than one way."""
    return ServiceError(
        "InvalidArgument",
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature "
        "query string parameter or the Authorization header should be specified",
        400,
    )
