"""Do I need a VPC? The questions one by one, beside the whole tree."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as widgets

from serverless_course.figures.vpc_prices import price_words
from serverless_course.figures.vpc_questions import Question, walk
from serverless_course.figures.vpc_tree import alt, tree_picture
from serverless_course.figures.widget_bundle import widget_bundle


class VpcDecision:
    """Yes, No, Back and Start again; the tree marks the way taken.

    Without a kernel, a reader sees the whole tree.
    """

    def __init__(self, region: str = "us-east-1") -> None:
        """`region` is the AWS Region whose prices the answers show."""
        self.region = region
        self.answers, self._shown = "", False
        self._first = tree_picture("", region)
        self.words = widgets.HTML()
        self.picture = widgets.HTML()
        self.yes, self.no, self.back, self.restart = (
            widgets.Button(description=text) for text in ("Yes", "No", "Back", "Start again")
        )
        self.yes.on_click(lambda _: self._go(self.answers + "y"))
        self.no.on_click(lambda _: self._go(self.answers + "n"))
        self.back.on_click(lambda _: self._go(self.answers[:-1]))
        self.restart.on_click(lambda _: self._go(""))
        self._go("")
        buttons = widgets.HBox([self.yes, self.no, self.back, self.restart])
        self.box = widgets.VBox([self.words, buttons, self.picture])

    def _go(self, answers: str) -> None:
        # A click that was under way when the last question was answered changes nothing.
        if len(answers) > len(self.answers) and not isinstance(walk(self.answers), Question):
            return
        self.answers = answers
        asked = isinstance(walk(answers), Question)
        self.yes.disabled = self.no.disabled = not asked
        self.back.disabled = self.restart.disabled = not answers
        # A button that is disabled loses the keyboard's focus: hand it on.
        if not asked:
            self.back.focus()
        elif not answers and self._shown:
            self.yes.focus()
        self._shown = True
        self.words.value = f'<div role="status">{status_html(answers, self.region)}</div>'
        self.picture.value = tree_picture(answers, self.region, sharpness=1).image_html()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(self.box, self._first, alt(self.region))


def status_html(answers: str, region: str) -> str:
    """The question asked now, or the answer with its reason and price."""
    node = walk(answers)
    if isinstance(node, Question):
        head = f"Question {len(answers) + 1}: {node.text}"
        return f"<p><b>{escape(head)}</b><br>{escape(node.detail)} ({node.since})</p>"
    price = price_words(node.choices, region)
    return f"<p><b>✓ {escape(node.title)}</b><br>{escape(node.reason)} {escape(price)}</p>"


def vpc_decision(region: str = "us-east-1") -> VpcDecision:
    """The decision tree of the talk and of today, to be clicked through.

    Args:
        region: the AWS Region whose prices the answers show.
    """
    return VpcDecision(region)
