"""The board of duties and models, whole: as a picture, and as tables; the talk's own table."""

from __future__ import annotations

import pandas as pd

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.drawing_board import Board, Box
from serverless_course.figures.duties import AWS, BOTH, DUTIES, MODELS, TALK, YOU

MARGIN, TOP, NAME, COLUMN, HEAD, ROW = 14.0, 40.0, 340.0, 112.0, 54.0, 30.0
LOOK = {
    AWS: (style.MEASURED.colour, "#e9f3fb"),
    YOU: (style.PUBLISHED.colour, "#fdf0e7"),
    BOTH: (style.OTHER.colour, "#eaf5f1"),
}


def answers_table() -> pd.DataFrame:
    """Every answer in one word: duties by models."""
    return pd.DataFrame(
        {model: [duty.answer(model).owner for duty in DUTIES] for model in MODELS},
        index=pd.Index([duty.name for duty in DUTIES], name="duty"),
    )


def yours(model: str) -> int:
    """How many of the duties are yours in a model, wholly or in part."""
    return sum(duty.answer(model).owner != AWS for duty in DUTIES)


def alt() -> str:
    """The board in words."""
    words = [f"A board of {len(DUTIES)} duties and {len(MODELS)} ways to run a program."]
    words += [
        f"{model}: {yours(model)} of {len(DUTIES)} are yours, wholly or in part."
        for model in MODELS
    ]
    return " ".join(words)


def board_picture() -> Picture:
    """The board with every answer, and the table that it was drawn from."""
    board = Board(2 * MARGIN + NAME + len(MODELS) * COLUMN, TOP + HEAD + len(DUTIES) * ROW + MARGIN)
    message = f"Even on Lambda, {yours('Lambda')} of {len(DUTIES)} duties are yours or shared"
    board.text(Box(MARGIN, 6, board.width - 2 * MARGIN, 26), message, 12, weight="bold")
    for place, model in enumerate(MODELS):
        x = MARGIN + NAME + place * COLUMN
        board.lines(Box(x + 4, TOP, COLUMN - 8, HEAD), model, 8.5)
    for row, duty in enumerate(DUTIES):
        y = TOP + HEAD + row * ROW
        board.text(Box(MARGIN, y, NAME - 8, ROW), duty.name, 9)
        for place, model in enumerate(MODELS):
            owner = duty.answer(model).owner
            edge, ground = LOOK[owner]
            cell = Box(MARGIN + NAME + place * COLUMN + 2, y + 2, COLUMN - 6, ROW - 4)
            board.box(cell, edge, ground, width=1.6 if owner != AWS else 0.8)
            board.text(
                cell, owner, 9, weight="bold" if owner != AWS else "normal", colour=edge,
                centred=True,
            )  # fmt: skip
    return Picture(board.figure, alt(), answers_table(), sharpness=2, table_below=True)


def talk_table() -> pd.DataFrame:
    """The talk's table, word for word, in its order."""
    return pd.DataFrame(
        [(model, *cells) for model, cells in TALK.items()],
        columns=["model", "AWS gerencia", "Cliente gerencia"],
    ).set_index("model")
