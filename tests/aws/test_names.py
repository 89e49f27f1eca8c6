import pytest

from serverless_course.aws.names import prefix, resource_name, tag_list, tags


def test_names_and_tags_are_those_of_the_contract():
    assert resource_name("04-memory-tuning", "primes") == "course-04-memory-tuning-primes"
    assert tags("04-memory-tuning") == {"course": "serverless-measured", "lab": "04-memory-tuning"}
    assert {item["Key"]: item["Value"] for item in tag_list("x")} == tags("x")


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
