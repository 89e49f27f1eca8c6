"""docs/services.md says what the lists of offered operations say."""

from __future__ import annotations

from services_page import PAGE, current, page

from serverless_course.localcloud.offered.offer import Offer, names


def test_the_page_is_current() -> None:
    """`.venv/bin/python tools/services_page.py` writes it."""
    assert PAGE.read_text("utf-8") == current()


def test_a_section_tells_who_answers_what_is_missing_and_what_is_refused() -> None:
    offer = Offer(
        "sts",
        "AWS Security Token Service",
        ours=names("GetCallerIdentity"),
        moto=names("AssumeRole"),
        partly={"AssumeRole": "forgets something"},
        why={"AssumeRoot": "There is no organization."},
    )
    text = page([offer], "1.0")
    for line in (
        "| [AWS Security Token Service](#aws-security-token-service) | 1 | 1 | 9 |",
        "**Ours**: GetCallerIdentity",
        "- AssumeRole: forgets something.",
        "- AssumeRoot: There is no organization.",
        "- AssumeRoleWithSAML, AssumeRoleWithWebIdentity, DecodeAuthorizationMessage, "
        "GetAccessKeyInfo, GetDelegatedAccessToken, GetFederationToken, GetSessionToken, "
        "GetWebIdentityToken",
    ):
        assert line in text.splitlines()
