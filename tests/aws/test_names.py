import pytest

from serverless_course.aws.names import (
    LAYER_DESCRIPTION_LIMIT,
    SCHEDULE_DESCRIPTION_LIMIT,
    described_tags,
    prefix,
    resource_name,
    tag_list,
    tagged_description,
    tags,
)


def test_names_and_tags_are_those_of_the_contract():
    assert resource_name("04-memory-tuning", "primes") == "course-04-memory-tuning-primes"
    assert tags("04-memory-tuning") == {"course": "serverless-measured", "lab": "04-memory-tuning"}
    assert {item["Key"]: item["Value"] for item in tag_list("x")} == tags("x")
    assert tags("x", "0a1b") == {**tags("x"), "ledger": "0a1b"}
    assert {item["Key"]: item["Value"] for item in tag_list("x", "0a1b")} == tags("x", "0a1b")


@pytest.mark.parametrize("limit", [LAYER_DESCRIPTION_LIMIT, SCHEDULE_DESCRIPTION_LIMIT])
@pytest.mark.parametrize("text", ["", "aws-xray-sdk", "with [brackets] and a=b", "x" * 600])
def test_a_description_bears_tags_and_gives_them_back(text, limit):
    described = tagged_description(text, tags("04-memory-tuning", "0a1b"), limit)
    assert len(described) <= limit
    assert described.startswith(text[:100])
    assert tagged_description(described, tags("04-memory-tuning", "0a1b"), limit) == described
    assert described_tags(described) == tags("04-memory-tuning", "0a1b")


@pytest.mark.parametrize("text", ["", "aws-xray-sdk", "[x]", "[course=x] and more"])
def test_a_description_without_tags_has_none(text):
    assert described_tags(text) == {}


@pytest.mark.parametrize("slug", ["", "-a", "a-", "a--b", "Upper", "a b", "a/b", "a\n"])
def test_a_slug_that_is_none_is_refused(slug):
    with pytest.raises(ValueError, match="04-memory-tuning"):
        prefix(slug)


@pytest.mark.parametrize("name", ["", "a b", "a.b", "é", "a\n"])
def test_a_name_aws_would_refuse_is_refused(name):
    with pytest.raises(ValueError, match="letters, digits"):
        resource_name("lab", name)


def test_a_long_name_says_by_how_much():
    assert len(resource_name("lab", "x" * 53)) == 64
    with pytest.raises(ValueError, match=r"Shorten 'x+' by 1"):
        resource_name("lab", "x" * 54)
