"""Log events as a table: filtered by text, level and request, from the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import ipywidgets as widgets

from serverless_course.figures.trace_look import counted, shortened
from serverless_course.figures.widget_bundle import widget_bundle
from serverless_course.traces.log_line import LEVELS, PLATFORM, LogLine, log_lines

FIRST_ROWS = 20
PAGE_ROWS = 50
FOLDED_FROM = 240
PLATFORM_ONLY, NO_LEVEL = "platform lines", "lines without a level"
AND_ABOVE = " and above"
# Symbol, colour on the card (4.5:1) for each level that asks for attention.
MARKS = {
    "WARN": ("▲", "#7a5c00"),
    "ERROR": ("✕", "#a8071a"),
    "FATAL": ("✕", "#a8071a"),
}
_CELL = "padding: 2px 8px; text-align: left; vertical-align: top; border-bottom: 1px solid #d9d9d9"
_MONO = "font-family: monospace; white-space: pre-wrap; overflow-wrap: anywhere"


def log_explorer(events: Iterable[Mapping[str, Any]]) -> LogExplorer:
    """Look through ``filter_log_events(...)["events"]``.

    Raises:
        ValueError: there is no event, or one without timestamp and message.
    """
    lines = log_lines(events)
    if not lines:
        raise ValueError(
            "There are no log events. A function's lines come some seconds after its answer: "
            "ask filter_log_events again, for a time that holds them."
        )
    return LogExplorer(lines)


class LogExplorer:
    """Fields for text, level, request and page above a table of events.

    Without a kernel, a reader sees the first 20 events.
    """

    def __init__(self, lines: Sequence[LogLine]) -> None:
        self.lines = list(lines)
        self._levels = _levels_of(self.lines)
        wide = {"description_width": "initial"}
        self.text = widgets.Text(description="Text contains", continuous_update=False, style=wide)
        # Fields with suggestions: JupyterLab takes the arrow keys from a list in an output.
        self.level = widgets.Combobox(
            description="Level",
            placeholder="all",
            options=self._levels,
            continuous_update=False,
            style=wide,
        )
        self.request = widgets.Combobox(
            description="Request id",
            placeholder="all",
            options=self._requests(),
            continuous_update=False,
            style=wide,
            layout={"width": "30em"},
        )
        self.page = widgets.BoundedIntText(
            description="Page", value=1, min=1, max=1, style=wide, layout={"width": "9em"}
        )
        self.status = widgets.HTML()
        self.table = widgets.HTML()
        for field in (self.text, self.level, self.request):
            field.observe(self._filter, "value")
        self.page.observe(self._draw, "value")
        self._filter()
        controls = widgets.HBox(
            [self.text, self.level, self.request, self.page], layout={"flex_flow": "row wrap"}
        )
        self.box = widgets.VBox([controls, self.status, self.table])

    def fitting(self) -> list[LogLine]:
        """The events that the fields let through, in order of time."""
        words = str(self.text.value).strip().casefold()
        request = str(self.request.value).strip().casefold()
        levels = self._chosen_levels()
        return [
            line
            for line in self.lines
            if (not words or words in line.message.casefold())
            and line.level in levels
            and request in line.request_id.casefold()
        ]

    def _chosen_level(self) -> str:
        """One of the options, "" for all; a level's name alone is enough."""
        typed = str(self.level.value).strip().casefold()
        fitting = (each for each in self._levels if typed and each.casefold().startswith(typed))
        return next(fitting, "")

    def _chosen_levels(self) -> set[str]:
        """The levels that are let through."""
        chosen = self._chosen_level()
        if not chosen:
            return {*LEVELS, PLATFORM, ""}
        if chosen in (PLATFORM_ONLY, NO_LEVEL):
            return {PLATFORM if chosen == PLATFORM_ONLY else ""}
        return set(LEVELS[LEVELS.index(chosen.removesuffix(AND_ABOVE)) :])

    def _requests(self) -> list[str]:
        return list(dict.fromkeys(line.request_id for line in self.lines if line.request_id))

    def _filter(self, _: Any = None) -> None:
        pages = max(1, -(-len(self.fitting()) // PAGE_ROWS))
        # A page beyond the last is moved back by the field itself, which draws.
        self.page.max = pages
        self.page.value = 1
        self._draw()

    def _draw(self, _: Any = None) -> None:
        found = self.fitting()
        first = (int(self.page.value) - 1) * PAGE_ROWS
        rows = found[first : first + PAGE_ROWS]
        told = f"{len(found):,} of {counted(len(self.lines), 'event')}"
        if len(found) > PAGE_ROWS:
            told += f", {first + 1:,} to {first + len(rows):,} shown, "
            told += f"page {self.page.value:,} of {self.page.max:,}"
        if not found:
            told += ": none fits, change a filter"
        if str(self.level.value).strip() and not self._chosen_level():
            told += (
                f"; no event has the level {escape(str(self.level.value))}, all levels are shown"
            )
        self.status.value = f'<p role="status">{told}.</p>'
        self.table.value = rows_html(rows) if rows else ""

    def __str__(self) -> str:
        rows = self.lines[:FIRST_ROWS]
        head = f"{counted(len(self.lines), 'log event')}, the first {len(rows)}:"
        return "\n".join([head, *(_plain(line) for line in rows)])

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        rows = self.lines[:FIRST_ROWS]
        note = f"<p>The first {len(rows):,} of {counted(len(self.lines), 'event')}.</p>"
        return widget_bundle(self.box, note + rows_html(rows), str(self))


def _levels_of(lines: Sequence[LogLine]) -> list[str]:
    """What one can choose: only what is there."""
    there = {line.level for line in lines}
    options = [level + AND_ABOVE for level in LEVELS if level in there]
    options += [PLATFORM_ONLY] if PLATFORM in there else []
    return options + ([NO_LEVEL] if "" in there else [])


def rows_html(lines: Sequence[LogLine]) -> str:
    """Events as a table on a card; long messages are folded, every text is escaped."""
    heads = "".join(
        f'<th scope="col" style="{_CELL}">{name}</th>'
        for name in ("time (UTC)", "level", "request", "message")
    )
    return (
        '<div style="overflow-x: auto; background: #ffffff; color: #1a1a1a; border: 1px solid '
        '#808080; border-radius: 4px"><table style="border-collapse: collapse; width: 100%; '
        f'font-size: 13px; color: #1a1a1a"><thead><tr>{heads}</tr></thead><tbody>'
        + "".join(_row(line) for line in lines)
        + "</tbody></table></div>"
    )


def _row(line: LogLine) -> str:
    symbol, colour = MARKS.get(line.level, ("", "#1a1a1a"))
    weight = "bold" if symbol else "normal"
    request = shortened(line.request_id, 13)
    return (
        f'<tr style="background: #ffffff"><td style="{_CELL}; white-space: nowrap">{_time(line)}'
        f'</td><td style="{_CELL}; color: {colour}; font-weight: {weight}; white-space: nowrap">'
        f"{symbol} {escape(line.level or '–')}</td>"
        f'<td style="{_CELL}; white-space: nowrap" title="{escape(line.request_id, quote=True)}">'
        f'{escape(request or "–")}</td><td style="{_CELL}; width: 100%">{_message(line)}</td></tr>'
    )


def _message(line: LogLine) -> str:
    text = line.message.replace("\t", "  ").replace("\r", "\n").rstrip()
    first = text.split("\n", 1)[0]
    if len(text) <= FOLDED_FROM and first == text:
        return f'<span style="{_MONO}">{escape(text)}</span>'
    head = first if len(first) <= FOLDED_FROM else f"{first[:FOLDED_FROM]} …"
    return (
        f'<details><summary style="{_MONO}">{escape(head)}</summary>'
        f'<div style="{_MONO}">{escape(text)}</div></details>'
    )


def _time(line: LogLine) -> str:
    at = datetime.fromtimestamp(line.time_ms / 1000, UTC)
    return f"{at:%Y-%m-%d %H:%M:%S}.{line.time_ms % 1000:03d}"


def _plain(line: LogLine) -> str:
    text = shortened(" ".join(line.message.split()), FOLDED_FROM)
    return f"{_time(line)}  {line.level or '-':8}  {shortened(line.request_id, 13):13}  {text}"
