"""How a widget is kept in a stored notebook and a static page: its state, its file names, a still picture. No traits of its own.

A page has no kernel, so the output carries a `text/html` twin of the widget: the drawing traits as escaped JSON and the *names*
of its weight files, which the book's extension turns into addresses. Weights themselves never enter a stored notebook.
"""

import base64
import html
import json
import sys
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import anywidget

from vaelib import pretrained

STATIC = Path(__file__).parent / "static"


class Still(NamedTuple):
    """What the widget shows before it is touched: a PNG and a sentence for those who cannot see it."""

    png: bytes
    alt: str


class PageWidget(anywidget.AnyWidget):
    """An anywidget that also lives in a page. A subclass sets `page_name`, `page_state`, `page_files` and draws `still()`."""

    _css = STATIC / "widgets.css"
    _ipython_display_ = None  # ipywidgets 7 would show itself by this, and skip the bundle below
    page_name = ""
    page_state: tuple[str, ...] = ()  # traits that a drawing needs, in the order in which repr() names them
    page_facts: tuple[str, ...] = ()  # further traits that a drawing needs and that no argument sets
    page_files: ClassVar[dict[str, str]] = {}  # trait -> part of the pretrained model
    page_models: ClassVar[dict[str, str]] = {}  # for a file of another model than `name`: trait -> the trait that names its model

    def still(self) -> Still:
        """The picture of the present state."""
        raise NotImplementedError(f"{type(self).__name__} must draw its still picture")

    def state(self) -> dict[str, object]:
        """The drawing traits as plain, rounded values: what a page needs to draw the same picture."""
        return {name: _rounded(getattr(self, name)) for name in (*self.page_state, *self.page_facts)}

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        live = super()._repr_mimebundle_(**kwargs)
        if live is None:
            return None
        data, metadata = live if isinstance(live, tuple) else (live, {})
        still = self.still()
        data = {**data, "text/plain": repr(self), "image/png": base64.b64encode(still.png).decode("ascii")}
        if "google.colab" not in sys.modules:  # Colab is left nothing to choose, so it shows the live widget
            data["text/html"] = page_html(self.page_name, self.state(), self._file_names(), still)
        return data, metadata

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={_rounded(getattr(self, name))!r}" for name in self.page_state)
        return f"{type(self).__name__}({arguments})"

    def _file_names(self) -> dict[str, str]:
        present = {trait: part for trait, part in self.page_files.items() if getattr(self, trait)}
        models = {trait: getattr(self, self.page_models.get(trait, "name")) for trait in present}
        return {trait: pretrained.file_path(models[trait], part).name for trait, part in present.items()}


def page_html(page_name: str, state: dict[str, object], files: dict[str, str], still: Still) -> str:
    """The div that the page's host finds and replaces. The same input gives the same text, byte for byte."""
    picture = base64.b64encode(still.png).decode("ascii")
    return (
        f'<div class="vaelib-widget" data-vaelib-widget="{html.escape(page_name, quote=True)}"'
        f' data-vaelib-state="{_attribute(state)}" data-vaelib-files="{_attribute(files)}">'
        f'<img class="vaelib-still" alt="{html.escape(still.alt, quote=True)}" src="data:image/png;base64,{picture}"></div>'
    )


def _attribute(value: object) -> str:
    return html.escape(json.dumps(value, sort_keys=True, allow_nan=False), quote=True)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6) + 0.0  # + 0.0 turns -0.0 into 0.0
    return [_rounded(entry) for entry in value] if isinstance(value, list) else value
