"""The tree leads everywhere, one question at a time, and Back leads back."""

from itertools import combinations

import pytest

from serverless_course.figures.vpc.decision import alt, places, tree_picture, vpc_decision
from serverless_course.figures.vpc.questions import (
    FIRST,
    IN_2019,
    NO_VPC,
    Question,
    Recommendation,
    walk,
    ways,
)
from serverless_course.figures.vpc.report import DATABASE, INTERNET, price_words, reach
from serverless_course.network.design import Choices

ANSWERS = [(way, node) for way, node in ways() if isinstance(node, Recommendation)]


def test_nothing_private_and_no_fixed_address_needs_no_vpc() -> None:
    assert walk("nn") is NO_VPC
    assert NO_VPC.choices is None


def test_the_first_question_is_that_of_2019() -> None:
    assert FIRST.since == IN_2019


@pytest.mark.parametrize("way", ["x", "nny", "yyn"])
def test_answers_that_lead_nowhere_are_refused(way: str) -> None:
    with pytest.raises(ValueError, match=r"nothing is asked after it|Answers are y and n"):
        walk(way)


@pytest.mark.parametrize(("way", "answer"), [each for each in ANSWERS if each[1].choices])
def test_what_an_answer_builds_reaches_what_was_asked_for(way: str, answer: Recommendation) -> None:
    assert answer.choices is not None
    reached = {each.to for each in reach(answer.choices) if each.delivered}
    assert DATABASE in reached
    asked = [walk(way[:n]) for n in range(len(way))]
    said = {each.text: way[n] for n, each in enumerate(asked) if isinstance(each, Question)}
    assert (INTERNET in reached) == (
        said.get("Need the internet too?") == "y" or said.get("Call from a fixed address?") == "y"
    )
    if said.get("Only S3 and DynamoDB?") == "y":
        assert {"Amazon S3", "DynamoDB"} <= reached
    if said.get("Only S3 and DynamoDB?") == "n":
        assert "Secrets Manager" in reached


def test_two_nat_gateways_cost_what_the_price_list_says() -> None:
    # $0.045 for each NAT gateway and $0.005 for its address an hour in us-east-1, 730 hours
    # (fact sheet of November 2026, section 4.4).
    assert price_words(Choices(nat="one a zone"), "us-east-1").startswith("$73.00 a month")


def test_a_price_that_is_not_known_is_said_to_be_unknown() -> None:
    words = price_words(Choices(nat="one", region="sa-east-1"), "sa-east-1")
    assert words == "Its price in sa-east-1 is not known here."


def test_gateway_endpoints_are_free() -> None:
    choices = Choices(public_subnets=False, gateway_endpoints=("s3", "dynamodb"))
    assert price_words(choices, "us-east-1") == price_words(None, "us-east-1") == "Free of charge."


def test_prices_of_the_answers_are_those_of_the_region_that_was_asked_for() -> None:
    assert "not known" in alt("sa-east-1")
    assert "$73.00" in alt("us-east-1")
    assert "$73.00" not in alt("sa-east-1")


def test_no_two_boxes_of_the_tree_stand_in_one_place() -> None:
    boxes = [place.box for place in places().values()]
    assert len(boxes) == len(list(ways()))
    for one, other in combinations(boxes, 2):
        apart_x = one.right < other.x or other.right < one.x
        assert apart_x or one.bottom < other.y or other.bottom < one.y


def test_the_picture_holds_every_question_and_answer_in_words() -> None:
    picture = tree_picture()
    assert all(
        (node.text if isinstance(node, Question) else node.title) in picture.alt
        for _, node in ways()
    )


def test_clicks_lead_through_the_tree_and_back() -> None:
    tree = vpc_decision()
    assert tree.back.disabled
    assert "Question 1" in tree.words.value
    tree.yes.click()
    tree.no.click()
    assert tree.answers == "yn"
    assert "Need the internet too?" in tree.words.value
    tree.yes.click()
    assert "A VPC with a NAT gateway" in tree.words.value
    assert "$73.00 a month" in tree.words.value
    assert tree.yes.disabled
    assert tree.no.disabled
    tree.no.click()
    assert tree.answers == "yny"
    tree.back.click()
    assert not tree.yes.disabled
    assert "Need the internet too?" in tree.words.value
    tree.restart.click()
    assert tree.answers == ""
    assert tree.restart.disabled


def test_the_way_taken_is_marked_in_the_picture() -> None:
    assert tree_picture("yn").png != tree_picture("").png != tree_picture("n").png


def test_a_reader_without_a_kernel_sees_the_whole_tree() -> None:
    bundle = vpc_decision()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == alt()
    assert '<img alt="A decision tree' in bundle["text/html"]
