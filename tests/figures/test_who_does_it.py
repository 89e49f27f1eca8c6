"""The board of duties: its answers, the talk's cells word for word, and what the widget keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from contrast import contrast

from serverless_course.figures import who_does_it as board_module
from serverless_course.figures.duties import (
    AWS,
    BOTH,
    DUTIES,
    LATER,
    MODELS,
    NO_CELL,
    OWNERS,
    TALK,
    YOU,
)
from serverless_course.figures.duty_board import (
    LOOK,
    answers_table,
    board_picture,
    talk_table,
    yours,
)
from serverless_course.figures.who_does_it import score_table, verdict_html, who_does_it

BY_NAME = {duty.name: duty for duty in DUTIES}
SYSTEM = BY_NAME["Patches of the machine's operating system"]
RUNTIME = BY_NAME["Patches of the language runtime"]
QUEUE = BY_NAME["Polling a queue, and calling your code"]
ROLES = BY_NAME["Roles and policies: who may do what"]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    board_module._KEPT.clear()
    yield
    board_module._KEPT.clear()


def test_every_duty_has_an_owner_and_a_reason_in_every_model() -> None:
    for duty in DUTIES:
        assert len(duty.answers) == len(MODELS)
        for answer in duty.answers:
            assert answer.owner in OWNERS
            assert answer.why.endswith(".")
            assert answer.also != answer.owner


def test_a_quote_stands_word_for_word_in_the_cell_that_it_names() -> None:
    for duty in DUTIES:
        for model, (aws, customer) in TALK.items():
            quote = duty.quote(model)
            if quote == NO_CELL:
                continue
            cell = aws if "AWS gerencia" in quote else customer
            assert quote.split("“")[-1].split("”")[0] in cell


def test_where_the_talk_has_a_cell_its_side_is_ours_or_the_answer_says_more() -> None:
    for duty in DUTIES:
        for model in TALK:
            quote, owner = duty.quote(model), duty.answer(model).owner
            if quote != NO_CELL and owner != BOTH:
                assert ("AWS gerencia" in quote) == (owner == AWS), (duty.name, model)


def test_models_that_are_newer_than_the_talk_say_so() -> None:
    newer = [model for model in MODELS if model not in TALK]
    assert len(newer) == 2
    assert {duty.quote(model) for duty in DUTIES for model in newer} == {LATER}


def test_duties_move_to_aws_from_ec2_to_lambda_and_none_moves_back() -> None:
    counts = [yours(model) for model in ("EC2", "ECS or EKS on EC2", "Fargate", "Lambda")]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] >= 5
    table = answers_table()
    assert (table.loc[ROLES.name] == YOU).all()
    assert table.loc[SYSTEM.name, "EC2"] == YOU
    assert table.loc[SYSTEM.name, "Fargate"] == AWS


def test_an_answer_is_told_why_with_the_talks_cell() -> None:
    assert "✗ Not AWS." in verdict_html(RUNTIME, "Lambda", AWS)
    assert "✓ Yes: both." in verdict_html(RUNTIME, "Lambda", BOTH)
    fair = verdict_html(QUEUE, "Lambda", BOTH)
    assert "One may say so" in fair
    assert "Integração com fontes de dados" in fair
    assert "says nothing about this" in verdict_html(ROLES, "EC2", AWS).replace("&#x27;", "'")


def test_the_widget_tells_counts_and_keeps_what_was_put() -> None:
    widget = who_does_it()
    widget.choices[SYSTEM.name].value = AWS
    widget.choices[RUNTIME.name].value = YOU
    assert "✓" in widget.told[SYSTEM.name].value
    assert "✗" in widget.told[RUNTIME.name].value
    assert "Lambda: 2 of 11 duties put, 1 of them rightly." in widget.score.value
    widget.model.value = "EC2"
    assert widget.choices[SYSTEM.name].value is None
    assert widget.told[SYSTEM.name].value == ""
    again = who_does_it()
    assert again.choices[SYSTEM.name].value == AWS
    assert score_table(board_module._KEPT).loc["Lambda", "right"] == 1
    again.again.click()
    assert again.choices[SYSTEM.name].value is None
    assert "Lambda: 0 of 11" in again.score.value


def test_without_a_kernel_the_whole_board_and_the_talks_table_are_shown() -> None:
    bundle = who_does_it()._repr_mimebundle_()
    html = bundle["text/html"]
    assert "<img alt=" in html
    assert "gerenciamento de tarefas" in html
    assert "tarefas de gerenciamento" in html
    assert all(duty.name in html.replace("&#x27;", "'") for duty in DUTIES)
    assert f"Lambda: {yours('Lambda')} of 11" in bundle["text/plain"]


def test_the_board_is_readable_without_colour_and_with_it() -> None:
    for edge, ground in LOOK.values():
        assert contrast(edge, ground) >= 4.5
    picture = board_picture()
    assert picture.table is not None
    assert set(picture.table.to_numpy().ravel()) == set(OWNERS)


def test_the_talks_table_is_as_on_its_slide() -> None:
    talk = Path(__file__).parents[1] / "figures" / "talk_table.txt"
    slide = set(talk.read_text(encoding="utf-8").split("\n"))
    for cells in TALK.values():
        for cell in cells:
            for part in cell.split(" · "):
                assert part in slide
    assert list(talk_table().index) == list(TALK)
