"""A number with its unit, as a learner writes and reads it."""

from dataclasses import dataclass

# keyword: (family, factor to the family's base unit, text after the number)
UNITS: dict[str, tuple[str, float, str]] = {
    "seconds": ("time", 1.0, "s"),
    "milliseconds": ("time", 0.001, "ms"),
    "dollars": ("money", 1.0, "USD"),
    "megabytes": ("memory", 1.0, "MB"),
    "times": ("ratio", 1.0, "times"),
    "percent": ("share", 0.01, "%"),
    "count": ("count", 1.0, ""),
}

VERBS = {"time": "took", "money": "cost"}


@dataclass(frozen=True)
class Quantity:
    """A value in one of the units of `UNITS`."""

    value: float
    unit: str

    @property
    def family(self) -> str:
        """What is counted: time, money, memory, ratio, share or count."""
        return UNITS[self.unit][0]

    @property
    def base(self) -> float:
        """The value in the base unit of its family."""
        return self.value * UNITS[self.unit][1]

    @property
    def verb(self) -> str:
        """`took` for times, `cost` for money, else `was`."""
        return VERBS.get(self.family, "was")

    def __str__(self) -> str:
        suffix = UNITS[self.unit][2]
        if self.family == "count" and self.value == int(self.value):
            return f"{int(self.value):,}"
        return f"{number(self.value)} {suffix}".strip()


def quantity(units: dict[str, float | None]) -> Quantity:
    """The one keyword that was given, as a `Quantity`; `TypeError` says what is wrong else."""
    given = [(unit, value) for unit, value in units.items() if value is not None]
    names = ", ".join(f"{unit}=" for unit in UNITS)
    if len(given) != 1:
        raise TypeError(f"Give exactly one number, with its unit: one of {names}.")
    unit, value = given[0]
    if unit not in UNITS:
        raise TypeError(f"There is no unit {unit!r}. Give the number with one of {names}.")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{unit}= takes a number, such as {unit}=3; it got {value!r}.")
    return Quantity(float(value), unit)


def number(value: float) -> str:
    """Short and readable: whole numbers with thousands apart, else three figures that count."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}" if abs(value) >= 10 else f"{value:.1f}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 1:
        return f"{value:.1f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.2g}"
