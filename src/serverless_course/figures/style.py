"""One look for every figure: a light card that reads the same in light and dark themes."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Every figure stands on its own card, so its contrast never depends on the reader's theme.
CARD = "#ffffff"
INK = "#1a1a1a"
QUIET_INK = "#4d4d4d"
GRID = "#d9d9d9"


@dataclass(frozen=True)
class Series:
    """How one kind of series is drawn: a colour, and a marker and line that tell it apart too."""

    colour: str
    marker: str
    line: str


# Okabe and Ito's colour-blind-safe hues ("Color Universal Design", 2008), darkened so that a
# direct label in the series' colour keeps 4.5:1 on the card (WCAG 2.2, 1.4.3).
MEASURED = Series("#0072b2", "o", "-")
PUBLISHED = Series("#b24500", "s", "--")
MODEL = Series("#4d4d4d", "", ":")
OTHER = Series("#00755e", "D", "-.")

SERIES = (MEASURED, PUBLISHED, MODEL, OTHER)


def new_figure(width_in: float = 7.5, height_in: float = 4.0) -> Figure:
    """An empty figure on a card; sizes in inches.

    Made without pyplot: nothing is shown twice, and no figure stays open.
    """
    figure = Figure(figsize=(width_in, height_in), dpi=110, facecolor=CARD, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def dress(axes: Axes, *, x: str, y: str) -> None:
    """Axis labels with units, a quiet grid, and no frame where nothing is read."""
    axes.set_facecolor(CARD)
    axes.set_xlabel(x, color=INK)
    axes.set_ylabel(y, color=INK)
    axes.tick_params(colors=QUIET_INK, labelcolor=INK, which="both")
    axes.grid(visible=True, color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(QUIET_INK)


def title(figure: Figure, message: str) -> None:
    """The figure's one message, on top; in more lines when it is wider than the figure."""
    figure.suptitle(
        message, x=0.01, ha="left", color=INK, fontsize=12, fontweight="bold", wrap=True
    )


def label(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    series: Series,
    offset: tuple[float, float] = (8, 0),
) -> None:
    """A direct label in the colour of its series, `offset` points right of and above `at`."""
    axes.annotate(
        text,
        at,
        xytext=offset,
        textcoords="offset points",
        color=series.colour,
        fontsize=9,
        va="center",
    )


def memory_axis(axes: Axes, sizes: list[int]) -> None:
    """A logarithmic memory axis whose ticks are the sizes themselves, in MB."""
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, labels=[f"{size:,}" for size in sizes])
    axes.set_xticks([], minor=True)
