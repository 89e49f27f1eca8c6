"""Do I need a VPC? The questions one by one, beside one picture of them all."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets as widgets

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.drawing_board import Board, Box
from serverless_course.figures.vpc.questions import (
    FIRST,
    Node,
    Question,
    Recommendation,
    walk,
    ways,
)
from serverless_course.figures.vpc.report import price_words
from serverless_course.figures.widget_bundle import widget_bundle

MARGIN, TOP = 14.0, 44.0
WIDTH, HEIGHT, ACROSS, DOWN = 292.0, 62.0, 56.0, 30.0
# Of each question, the answer that leads to the right; the other one leads down.
RIGHT = {"": "n", "n": "n", "y": "y", "yn": "y", "ynn": "n", "ynny": "y"}
TAKEN, OPEN = style.MEASURED.colour, "#8a8a8a"
GROUND = {"question": "#e9f3fb", "answer": "#eaf5f1", "other": "white"}


@dataclass(frozen=True)
class Place:
    """Column and row of a question or an answer."""

    column: int
    row: int

    @property
    def box(self) -> Box:
        """Where it is drawn."""
        x = MARGIN + self.column * (WIDTH + ACROSS)
        return Box(x, TOP + self.row * (HEIGHT + DOWN), WIDTH, HEIGHT)


def places() -> dict[str, Place]:
    """Where each question and answer stands, by the answers that lead to it."""
    found: dict[str, Place] = {}

    def put(answers: str, node: Node, column: int, row: int) -> int:
        found[answers] = Place(column, row)
        if isinstance(node, Recommendation):
            return row + 1
        to_right = RIGHT[answers]
        below = put(answers + to_right, _next(node, to_right), column + 1, row)
        other = "y" if to_right == "n" else "n"
        return put(answers + other, _next(node, other), column, below)

    put("", FIRST, 0, 0)
    return found


def _next(question: Question, letter: str) -> Node:
    return question.yes if letter == "y" else question.no


def tree_picture(answers: str = "", region: str = "us-east-1", sharpness: int = 2) -> Picture:
    """The whole tree, with the way of the answers so far marked.

    Args:
        answers: as for `questions.walk`.
        region: whose prices the answers show.
        sharpness: dots for each pixel.
    """
    placed, nodes = places(), dict(ways())
    columns = 1 + max(place.column for place in placed.values())
    rows = 1 + max(place.row for place in placed.values())
    board = Board(
        2 * MARGIN + columns * WIDTH + (columns - 1) * ACROSS,
        TOP + rows * (HEIGHT + DOWN) - DOWN + MARGIN,
    )
    message = "Do I need a VPC? Not unless something private is in one"
    board.text(Box(MARGIN, 6, board.width - 2 * MARGIN, 26), message, 12, weight="bold")
    for way in nodes:
        if way:
            _arrow(board, placed, way, taken=answers.startswith(way))
    for way, node in nodes.items():
        _node(board, placed[way].box, node, region, here=way == answers, taken=_on(way, answers))
    return Picture(board.figure, alt(region), sharpness=sharpness)


def _on(way: str, answers: str) -> bool:
    return bool(answers) and answers.startswith(way)


def _arrow(board: Board, placed: dict[str, Place], way: str, *, taken: bool) -> None:
    start, end = placed[way[:-1]].box, placed[way].box
    colour, width = (TAKEN, 2.6) if taken else (OPEN, 1.2)
    word = "yes" if way[-1] == "y" else "no"
    if start.y == end.y:
        points = [(start.right, start.centre[1]), (end.x, end.centre[1])]
        label = Box(start.right + 6, start.centre[1] - 17, ACROSS - 12, 14)
    else:
        points = [(start.x + 40, start.bottom), (end.x + 40, end.y)]
        label = Box(start.x + 48, start.bottom + 7, 60, 14)
    board.arrow(points, colour, width)
    board.text(label, word, 9, weight="bold" if taken else "normal", colour=style.INK)


def _node(board: Board, box: Box, node: Node, region: str, *, here: bool, taken: bool) -> None:
    marked = here or taken
    edge = TAKEN if marked else style.QUIET_INK
    inner = Box(box.x + 9, box.y + 6, box.width - 18, 17)
    if isinstance(node, Question):
        board.box(box, edge, GROUND["question"], width=3.0 if here else 1.4 if taken else 1.0)
        board.text(inner, node.text, 9, weight="bold")
        below = Box(inner.x, inner.y + 17, inner.width, 32)
        board.lines(below, f"{node.detail} ({node.since})", 8, colour=style.QUIET_INK)
        return
    board.box(box, edge, GROUND["answer"], width=3.0 if here else 1.0, rounding=16)
    board.text(inner, node.title, 9, weight="bold")
    below = Box(inner.x, inner.y + 17, inner.width, 32)
    board.lines(below, price_words(node.choices, region), 8, colour=style.QUIET_INK)


def alt(region: str = "us-east-1") -> str:
    """The tree in words."""
    names = {"y": "yes", "n": "no"}
    words = ["A decision tree: do I need a VPC?"]
    for way, node in ways():
        after = f"After {', '.join(names[letter] for letter in way)}: " if way else "First: "
        if isinstance(node, Question):
            words.append(f"{after}{node.text} {node.detail} ({node.since})")
        else:
            price = price_words(node.choices, region)
            words.append(f"{after}{node.title}. {node.reason} {price}")
    return " ".join(words)


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
