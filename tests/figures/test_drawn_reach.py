"""What a function reaches is told by ids, and drawn with names that a box has room for."""

from serverless_course.figures.drawn_reach import DrawnReach, drawn_reach
from serverless_course.network.design import Choices, design, function

LAB, VPC = "course-05-vpc-design-", "course-05-vpc-design-shop"


def shop() -> DrawnReach:
    """A till in a VPC without a way out, with names as a lab gives them."""
    described = {
        kind: [
            {
                **each,
                "Tags": [{"Key": "Name", "Value": VPC if kind == "Vpcs" else f"{VPC}-{kind}"}],
                **({"GroupName": f"{VPC}-functions"} if "GroupName" in each else {}),
            }
            for each in held
        ]
        for kind, held in design(Choices()).items()
    }
    till = {**function(Choices()), "FunctionName": f"{LAB}till"}
    return drawn_reach(described, till, ["dynamodb"], "us-east-1")


def test_the_drawing_says_why_in_short_names() -> None:
    words = shop().picture().alt
    assert VPC in words
    assert "RouteTables, the route table of Subnets, has no route to dynamodb" in words
    assert "till" in words
    assert f"{VPC}-" not in words
    assert f"{LAB}till" not in words


def test_the_table_has_ids_and_short_reasons() -> None:
    table = shop().table()
    assert set(table["why"]) == {"no route"}
    assert all(each.startswith("rtb-") for each in table["dropped at"])
