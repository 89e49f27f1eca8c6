"""Predict, then measure: a number given first, and how far off it was."""

from dataclasses import dataclass
from typing import Any

from serverless_course.exercises.inputs import real, shown
from serverless_course.exercises.quantities import UNITS, Quantity, quantity
from serverless_course.exercises.verdict import inline


class Said:
    """A sentence for the learner: shown as text, as HTML, and by `print`."""

    text: str

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f'<p role="status">{inline(self.text)}</p>'


@dataclass(frozen=True, repr=False)
class Prediction(Said):
    """A number committed before measuring; `text` says so."""

    key: str
    quantity: Quantity
    text: str


@dataclass(frozen=True, repr=False)
class Comparison(Said):
    """A prediction beside what was measured; `ratio` is measured / predicted, None at zero."""

    key: str
    predicted: Quantity | None
    measured: Quantity
    ratio: float | None
    text: str


class Predictions:
    """The predictions of one lab. The first number for a key stands."""

    def __init__(self) -> None:
        self._first: dict[str, Quantity] = {}
        self._measured: set[str] = set()

    def predict(self, key: str, **units: Any) -> Prediction:
        """Commit a number: `predict("128 MB takes", seconds=3)`.

        A second number for the same key does not replace the first. An untouched `...`, and
        what is no number that can be measured, commits nothing.
        """
        if all(value is ... or value is None for value in units.values()):
            return Prediction(
                key,
                Quantity(0, "count"),
                f"No prediction yet: {key}. Any guess "
                "is a good one; put a number in place of `...`.",
            )
        problem = unusable(units)
        if problem:
            return Prediction(key, Quantity(0, "count"), f"Not kept: {problem}")
        new = quantity({unit: real(value) for unit, value in units.items()})
        first = self._first.get(key)
        if first is None and key in self._measured:
            return Prediction(
                key,
                new,
                f"{key}: this was measured already, so it is too late "
                "to predict it. Next time, guess first.",
            )
        if first is None:
            self._first[key] = new
            return Prediction(key, new, f"Your prediction: {key} {new}. Now measure.")
        if first == new:
            return Prediction(key, first, f"Your prediction stands: {key} {first}.")
        return Prediction(
            key,
            first,
            f"Your first prediction stands: {key} {first}. "
            f"A second one ({new}) does not replace it.",
        )

    def compare(self, key: str, because: str = "", **units: float | None) -> Comparison:
        """Say how far the prediction for `key` was off; `because` is the lesson's reason."""
        measured = quantity(units)
        self._measured.add(key)
        predicted = self._first.get(key)
        ratio = None
        if predicted is None:
            text = f"You made no prediction for “{key}”. It {measured.verb} {measured}."
        elif predicted.family != measured.family:
            text = (
                f"You predicted {predicted}, and what was measured is {measured}: "
                "these two cannot be compared."
            )
        else:
            ratio = measured.base / predicted.base if predicted.base else None
            distance = "exactly." if _same(predicted, measured) else _distance(ratio)
            text = f"You said {predicted}; it {measured.verb} {measured}: {distance}"
        if because:
            text = f"{text} {because}"
        return Comparison(key, predicted, measured, ratio, text)


def unusable(units: dict[str, Any]) -> str:
    """What is wrong with a prediction, and what to write instead; "" when it can be kept."""
    unit, value = next(iter(units.items()), ("", None))
    if len(units) != 1 or unit not in UNITS:
        return f"give one number, with its unit: one of {', '.join(f'{name}=' for name in UNITS)}."
    number = real(value)
    if number is None and isinstance(value, str):
        return f"{shown(value)} is more than a number. Write the number alone: {unit}=80."
    if number is None:
        return f"{shown(value)} is not a number. Write one, for example {unit}=80."
    if number < 0:
        return f"{shown(value)} is below zero, and nothing measured here can be. Guess again."
    return ""


def _same(predicted: Quantity, measured: Quantity) -> bool:
    """Whether the two are the same number as they are shown, whatever their units."""
    in_its_unit = Quantity(measured.base / UNITS[predicted.unit][1], predicted.unit)
    return str(predicted) == str(in_its_unit)


def _distance(ratio: float | None) -> str:
    if ratio is None:
        return "more than zero."
    if 0.9 <= ratio <= 1.1:
        return "very close."
    if ratio >= 1:
        return f"{_times(ratio)} your guess."
    if ratio <= 0:
        return "far below your guess."
    return f"your guess was {_times(1 / ratio)} what was measured."


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} times" if ratio >= 10 else f"{ratio:.1f} times"
