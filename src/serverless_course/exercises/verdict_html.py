"""A verdict as HTML that reads well in JupyterLab's light and dark themes."""

import re
from html import escape

from serverless_course.exercises.verdict import SYMBOLS, State, Verdict

# Text takes the theme's own colours. The accent bar is never the only carrier of meaning
# (symbol and word stand beside it); each accent keeps 3:1 to white and to #212121, the two
# themes' cell backgrounds (WCAG 2.2, 1.4.11).
TEXT = "var(--jp-ui-font-color1, currentColor)"
BACKGROUND = "var(--jp-layout-color1, transparent)"
ACCENTS = {
    State.NOT_ATTEMPTED: "#808080",
    State.NOT_YET_RIGHT: "#c66a00",
    State.ERROR_IN_YOUR_CODE: "#d6453d",
    State.PROBLEM_OF_THE_ENVIRONMENT: "#9a63c4",
    State.RIGHT: "#2a8a57",
}


def to_html(verdict: Verdict) -> str:
    """The verdict as one HTML block with `role="status"`, so that a screen reader reads it."""
    accent = ACCENTS[verdict.state]
    parts = [
        f'<div role="status" class="course-verdict" style="color: {TEXT}; '
        f"background: {BACKGROUND}; border: 1px solid {accent}; border-left: 6px solid {accent}; "
        'padding: 0.5em 0.9em; margin: 0.3em 0; max-width: 60em">',
        f"<div><strong>{SYMBOLS[verdict.state]} {escape(str(verdict.state).capitalize())}</strong>"
        f" · {escape(verdict.task)}</div>",
        f'<div style="margin-top: 0.3em">{inline(verdict.message)}</div>',
    ]
    for label, text in verdict.facts():
        parts.append(
            f'<div style="margin-top: 0.3em"><strong>{label}:</strong> {inline(text)}</div>'
        )
    if verdict.evidence:
        items = "".join(f"<li>{inline(line)}</li>" for line in verdict.evidence)
        parts.append(
            '<details style="margin-top: 0.3em"><summary>What this check looked at</summary>'
            f'<ul style="margin: 0.2em 0">{items}</ul></details>'
        )
    parts.append("</div>")
    return "\n".join(parts)


def inline(text: str) -> str:
    """Escape `text`; turn `backticks` into code and line ends into line breaks."""
    # JupyterLab takes what stands between two dollar signs of one text for a formula.
    escaped = escape(text).replace("$", "<span>$</span>")
    escaped = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escaped)
    return escaped.replace("\n", "<br>")
