"""A widget that shows a first state where no kernel lives: in a saved or printed notebook."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from serverless_course.figures.alt import Picture

VIEW = "application/vnd.jupyter.widget-view+json"


def widget_bundle(box: widgets.Widget, first: Picture | str, words: str) -> dict[str, Any]:
    """The mime bundle of a widget: the live view, and for readers without it picture and words.

    ``first`` is the picture of the first state, or the HTML of one that is no picture.
    """
    html = first if isinstance(first, str) else first.image_html()
    bundle: dict[str, Any] = {"text/plain": words, "text/html": html}
    view = box._repr_mimebundle_()
    if view and VIEW in view:
        bundle[VIEW] = view[VIEW]
    return bundle
