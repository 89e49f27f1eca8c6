"""The designer shows what its choices mean, and says why others do not fit together."""

import ipywidgets as widgets
import pytest

from serverless_course.figures.vpc.designer import designed, report_html, vpc_designer
from serverless_course.figures.vpc.report import (
    DATABASE,
    DESTINATIONS,
    INTERNET,
    Load,
    Report,
    reach,
)
from serverless_course.network.design import Choices


def reached(choices: Choices, *failed: str) -> set[str]:
    found = reach(choices, failed_zones=frozenset(failed))
    return {each.to for each in found if each.delivered}


def test_without_a_way_out_only_the_database_is_reached() -> None:
    assert reached(Choices()) == {DATABASE}


@pytest.mark.parametrize("nat", ["one", "one a zone", "regional"])
def test_nat_reaches_everything(nat: str) -> None:
    assert reached(Choices(nat=nat)) == set(DESTINATIONS)


def test_endpoints_reach_their_service_alone() -> None:
    assert reached(Choices(gateway_endpoints=("s3",))) == {DATABASE, "Amazon S3"}
    choices = Choices(interface_endpoints=("secretsmanager",))
    assert reached(choices) == {DATABASE, "Secrets Manager"}


def test_a_group_without_egress_rules_reaches_nothing() -> None:
    assert reached(Choices(nat="regional", open_egress=False)) == set()


@pytest.mark.parametrize(
    ("nat", "lives"), [("one", False), ("one a zone", True), ("regional", True)]
)
def test_one_nat_gateway_for_all_zones_falls_with_its_zone(nat: str, lives: bool) -> None:
    assert (INTERNET in reached(Choices(nat=nat), "us-east-1a")) is lives


def test_the_database_fails_over_where_there_is_a_second_zone() -> None:
    assert DATABASE in reached(Choices(zones=2), "us-east-1a")
    assert reached(Choices(zones=1), "us-east-1a") == set()


def test_a_finding_names_the_shared_nat_gateway() -> None:
    report = Report.of(Choices(nat="one"), Load())
    assert any("nat-a" in each.what and "zone" in each.what for each in report.found)
    assert "subnet-0" not in report_html(report)


def test_addresses_before_hyperplane_follow_the_guide_of_2019() -> None:
    # Lambda Developer Guide as of 19 Aug 2019: peak concurrent executions * (memory in GB / 3 GB).
    table = Report.of(Choices(zones=2, subnet_length=24), Load(1000, 1536)).address_table()
    assert list(table["needed"]) == [500, 2]
    assert list(table["usable"]) == [502, 502]
    assert list(table["enough"]) == ["✓ yes", "✓ yes"]
    small = Report.of(Choices(zones=2, subnet_length=25), Load(1000, 1536)).address_table()
    assert list(small["enough"]) == ["✗ no", "✓ yes"]


def test_the_price_counts_nat_gateways_addresses_and_data() -> None:
    # us-east-1: $0.045 an hour, $0.005 for the address, $0.045 a GB (fact sheet, section 4.4).
    report = Report.of(Choices(nat="one"), Load(nat_gb=100))
    assert report.price == "$41.00 a month in us-east-1"
    assert Report.of(Choices(nat="none"), Load(nat_gb=100)).price == "free of charge"


def test_an_unknown_price_is_said_to_be_unknown() -> None:
    report = Report.of(Choices(nat="one", region="sa-east-1"), Load())
    assert "not known in sa-east-1 for NAT gateways" in report.price
    assert report.price_table().loc["NAT gateways", "a month"] == "unknown"


def test_the_drawing_tells_from_which_zones_it_arrives() -> None:
    assert "does not reach a host" in designed(Choices()).alt
    assert "reaches a host" in designed(Choices(nat="regional")).alt
    assert "reaches the database" in designed(Choices(), DATABASE).alt


def test_a_choice_changes_the_drawing_and_the_words() -> None:
    designer = vpc_designer()
    before = designer.picture.value
    assert "does not reach a host on the internet" in designer.words.value
    designer.nat.value = "regional"
    assert designer.picture.value != before
    assert "regional NAT gateway" in designer.picture.value
    assert "It does not reach" not in designer.words.value


def test_choices_that_do_not_fit_are_told_and_the_last_drawing_stays() -> None:
    designer = vpc_designer()
    designer.nat.value = "one"
    before = designer.picture.value
    designer.public.value = False
    assert "stands in a public subnet" in designer.words.value
    assert designer.picture.value == before
    designer.prefix.value = "<b>"
    assert "<b>" not in designer.words.value
    designer.prefix.value, designer.public.value = "10.0.0.0/20", True
    assert "Price" in designer.words.value


def test_a_failed_zone_is_marked() -> None:
    designer = vpc_designer()
    designer.failed.value = "b"
    assert "Zone us-east-1b has failed" in designer.picture.value


def test_every_control_has_a_name() -> None:
    designer = vpc_designer()
    controls = designer.box.children[0].children
    assert len(controls) == 15
    assert all(control.description for control in controls)
    # A slider has no accessible name of its own.
    assert not [each for each in controls if isinstance(each, widgets.IntSlider)]


def test_a_reader_without_a_kernel_sees_the_first_design() -> None:
    bundle = vpc_designer()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "does not reach a host on the internet" in bundle["text/plain"]
    assert '<img alt="Diagram of a VPC' in bundle["text/html"]
