"""The front page's figure: a place of the tour for each digit, what it refuses, and the stored widget beside the one that Python makes."""

import re
from pathlib import Path

import pytest
import torch
import traitlets

from vaelib import pretrained
from vaelib.widgets import FrontDoor
from vaelib.widgets.front_door import EXTENT, tour
from vaelib.widgets.mount import page_html

ROOT = Path(__file__).parents[1]
STILL = re.compile(r"base64,[A-Za-z0-9+/=]+")


def test_the_tour_comes_to_each_digit_once_and_its_picture_is_surer_there_than_at_most_codes():
    places = torch.tensor(tour("mnist-2d"))
    codes, model = pretrained.read_codes("mnist-2d"), pretrained.load("mnist-2d").float()
    mean, label = codes["mean"].float(), codes["label"]
    nearest = torch.cdist(places, mean).topk(12, largest=False).indices
    assert sorted(label[nearest].mode(dim=1).values.tolist()) == list(range(10))
    assert places.abs().max() < EXTENT

    def unsure(z):
        ink = model.likelihood.mean(model.decode(z)).clamp(1e-6, 1 - 1e-6)
        return torch.special.entr(ink).add(torch.special.entr(1 - ink)).sum(1) / ink.sum(1)

    there, own = unsure(places), label[nearest].mode(dim=1).values
    assert all(there[i] < unsure(mean[label == own[i]]).quantile(0.3) for i in range(10))
    angles = torch.atan2(*(places - mean.mean(0)).T.flip(0))
    turns = (angles.roll(-1) - angles).remainder(2 * torch.pi)
    assert torch.isclose(turns.sum(), torch.tensor(2 * torch.pi)), "once around the middle"


def test_it_wants_a_model_of_drawings_with_two_latents_and_a_drawing_it_can_read():
    with pytest.raises(ValueError, match="28x28 images with 2 latents, got 'digits8-2d' with 64 pixels"):
        FrontDoor("digits8-2d")
    with pytest.raises(traitlets.TraitError, match=r"drawing must be text from vaelib\.drawings\.pack"):
        FrontDoor(drawing="a digit")


def test_the_front_page_holds_the_widget_that_python_makes():
    widget = FrontDoor()
    made = page_html(widget.page_name, widget.state(), widget._file_names(), widget.still())
    stored = (ROOT / "book" / "front_door.html").read_text(encoding="utf-8").strip()
    assert STILL.sub("", stored) == STILL.sub("", made), "run book/_ext/draw_card.py"


def test_the_pictures_of_the_readme_and_of_links_are_there_and_small():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r'(?:srcset|src)="([^"]+)"', readme[: readme.index("make book")])
    assert len(shown) == 2 and {"light", "dark"} == {re.search(r"light|dark", name)[0] for name in shown}
    for path in (*(ROOT / name for name in shown), ROOT / "book" / "_static" / "card.png"):
        assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size < 60_000, path.name
