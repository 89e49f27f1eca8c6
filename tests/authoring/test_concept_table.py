"""Each concept of the talk stands in exactly one lesson: the table in content/README.md."""

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from sample_course import CHECKOUT

from serverless_course.authoring.rules import read_source
from serverless_course.authoring.source import find_sources

LESSONS = [
    "00-start-here",
    "01-why-serverless",
    "02-responsibility",
    "03-function-anatomy",
    "04-memory-tuning",
    "05-vpc-design",
    "06-scaling-and-concurrency",
    "07-failures-and-dlq",
    "08-observability-xray",
    "09-good-practice-and-orchestration",
    "10-ship-it",
]

# A word of each slide of the talk, in its order: it must stand in one row.
TALK = """
customers want; essential and accidental; no servers to manage; scales with use; payment for idle;
highly available; operational responsibility; operating model; layers, runtimes; compliance;
IDE tools; deployment, versions; longer functions; four layers; life cycle; X-Ray SDK;
cold start in a trace; buys CPU and network; smart resource; prime table; multi core; need a VPC;
two Availability Zones; enough addresses; NAT gateway; handler, event, context;
ephemeral but reused; one event at a time; lazy and eager; Node and Java; handler and logic apart;
configuration outside; read only what; no orchestration; no fat; control dependencies;
optimise for each language; poll-based; concurrency controls; protecting a database; kill switch;
time-outs; active tracing; easy to filter; metrics that your customer; asynchronous retries;
dead-letter; agility; elasticity; cost efficiency; Application Repository;
training and certification
"""


@dataclass(frozen=True)
class Row:
    concept: str
    lesson: str
    where: str


def rows_of(text):
    table = text.split("| concept | lesson | where |")[1].strip().splitlines()
    cells = [[part.strip() for part in line.strip("|").split("|")] for line in table]
    return [Row(*row) for row in cells if len(row) == 3 and not set(row[0]) <= {"-"}]


def untrue(rows, cells_of):
    """Say what the table tells that is not so; `cells_of` has a lesson's cell ids by its name."""
    found = []
    for row in rows:
        if row.where == "planned":
            if row.lesson in cells_of:
                found.append(
                    f"'{row.concept}' is planned, and the lesson {row.lesson} exists: write "
                    "'here: ' and the id of the cell in which it stands"
                )
            continue
        here = re.fullmatch(r"here: ([a-z0-9-]+)", row.where)
        if here is None:
            found.append(f"'{row.concept}': write 'planned' or 'here: cell-id', not '{row.where}'")
        elif here[1] not in cells_of.get(row.lesson, set()):
            found.append(f"'{row.concept}': there is no cell '{here[1]}' in {row.lesson}")
    return found


@pytest.fixture(scope="module")
def rows():
    return rows_of((CHECKOUT / "content/README.md").read_text(encoding="utf-8"))


def test_the_table_knows_the_eleven_lessons(rows):
    assert list(dict.fromkeys(row.lesson for row in rows)) == LESSONS


def test_each_concept_stands_in_one_row(rows):
    assert [name for name, n in Counter(row.concept for row in rows).items() if n > 1] == []


@pytest.mark.parametrize("word", [" ".join(word.split()) for word in TALK.split(";")])
def test_a_concept_of_the_talk_stands_in_exactly_one_lesson(rows, word):
    assert len([row for row in rows if word.lower() in row.concept.lower()]) == 1


def test_every_concept_is_where_the_table_says(rows):
    sources = [read_source(path) for path in find_sources(CHECKOUT) if path.name != "lab.py"]
    cells_of = {source.slug: {cell.id for cell in source.cells} for source in sources}
    assert set(cells_of) <= set(LESSONS)
    found = untrue(rows, cells_of)
    assert not found, "\n".join(found)


def test_a_table_that_is_not_true_is_told():
    head = "| concept | lesson | where |\n| --- | --- | --- |\n"
    table = head + "| a | 00-x | planned |\n| b | 00-x | here: gone |\n| c | 01-y | here: idea |\n"
    told = untrue(rows_of(table + "| d | 00-x | here |\n"), {"00-x": {"idea"}})
    assert [text.split("'")[1] for text in told] == ["a", "b", "c", "d"]
    good = head + "| a | 00-x | here: idea |\n| b | 01-y | planned |\n"
    assert untrue(rows_of(good), {"00-x": {"idea"}}) == []
