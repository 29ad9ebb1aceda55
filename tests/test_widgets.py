"""The widgets' Python side: what they accept, what they keep in a stored notebook, and the picture that stands for them."""

import base64
import functools
import html
import io
import json
import math
import os
import re
import shutil
import subprocess
import sys
import types
from html.parser import HTMLParser
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
import torch
import traitlets
from PIL import Image

from vaelib import drawings, figures, pretrained
from vaelib.widgets import (
    AnswerCheck,
    Capacity,
    CodedLine,
    CollapseDoctor,
    Divergences,
    DrawDigit,
    FrontDoor,
    GradientRace,
    HiddenCause,
    IntegralLab,
    LatentExplorer,
    LatentViews,
    LogitCurve,
    LossMeaning,
    MixturePosterior,
    PixelWidth,
    ReparameterizationBench,
    RunningAverage,
    SampleSheet,
    TrainVAE,
    TruthBench,
    TwoBells,
    VarianceHeads,
    Waterline,
    divergences,
    latent_views,
)
from vaelib.widgets.mount import STATIC, Still, page_html
from vaelib.widgets.traits import Bounded, Number, Point, Probabilities, Seed

ROOT = Path(__file__).parents[1]
BARS = torch.eye(64)[:3] + torch.eye(64)[8:11]
MAKERS = {
    "answer_check": lambda: AnswerCheck("What is KL(N(1, 1) || N(0, 1))?", 0.5, slips={"the mean enters squared.": 0.25}),
    "collapse_doctor": lambda: CollapseDoctor(cure="free bits", seed=2, stop=3),
    "capacity": lambda: Capacity(width=64, depth=2, toss="anew"),
    "coded_line": lambda: CodedLine(code=3),
    "divergences": lambda: Divergences(distance=1.2, width=0.3, winners=True),
    "draw_digit": lambda: DrawDigit(input="scribble", samples=5),
    "draw_digit, without q": lambda: DrawDigit(input="drawing", drawing=drawings.pack(torch.arange(784) % 3 == 0), encoder=False),
    "loss_meaning": lambda: LossMeaning(error="half squared error", kl_reduction="mean", beta=0.02, data="digits8", latents=7),
    "loss_meaning, without a waterline": lambda: LossMeaning(error="bce", error_reduction="batch mean"),
    "waterline": lambda: Waterline(data="mnist", beta=3, variance=0.05, latents=9),
    "waterline, all drowned": lambda: Waterline(beta=20, variance=2),
    "train_vae": lambda: TrainVAE(latent=3, hidden=32, beta=0.5, learning_rate=0.01, mistake="no KL", sample_seed=4),
    "gradient_race": lambda: GradientRace(start=-1.5, steps=20, sample_seed=4),
    "front_door": FrontDoor,
    "front_door, held": lambda: FrontDoor(drawing=drawings.pack(torch.arange(784) % 5 == 0), gliding=False, z=(0.5, -1.25)),
    "hidden_cause": lambda: HiddenCause(BARS, torch.tensor([[0.5, -1], [0, 0.25], [2, 1]]), z=(-0.5, 1), picture=1),
    "integral_lab": lambda: IntegralLab(kind="two humps", step=0.3),
    "integral_lab, proposal": lambda: IntegralLab(way="proposal", width=0.25, latents=10),
    "latent_explorer": lambda: LatentExplorer("digits8-2d", z=(0.5, -1.25)),
    "latent_explorer, slant": lambda: LatentExplorer("digits8-2d", colour="slant"),
    "latent_views": lambda: LatentViews(z=np.linspace(-1, 1, 8), perplexity=5),
    "logit_curve": lambda: LogitCurve(logit=-2.2),
    "mixture_posterior": lambda: MixturePosterior(x=(1, -0.5), q=(0.2, 0.3, 0.5)),
    "pixel_width": lambda: PixelWidth(BARS, 0.25 + BARS / 2, std=0.3, picture=1, revealed=True),
    "reparameterization": lambda: ReparameterizationBench(mean=-0.5, noise=-1),
    "running_average": lambda: RunningAverage(of="z > 1", n=300, sample_seed=5),
    "sample_sheet": lambda: SampleSheet(spread=1.5, sample_seed=3),
    "sample_sheet, autoencoder": lambda: SampleSheet(kind="autoencoder", show="sample", source="fitted", zoom=True),
    "truth_bench": lambda: TruthBench(x=1.5, q_mean=-0.5),
    "truth_bench, jensen": lambda: TruthBench(view="jensen", data="eight", secant=2),
    "truth_bench, mean field": lambda: TruthBench(view="mean field", angle=45),
    "two_bells": lambda: TwoBells(q_mean=1, q_std=2),
    "variance_heads": lambda: VarianceHeads(raw=-1.25),
}
STILL_LIMIT = 12_000


class Page(HTMLParser):
    """The attributes of the div and of the picture in a widget's text/html."""

    def __init__(self, text: str):
        super().__init__()
        self.found = {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found[tag] = dict(attrs)


def bundle(widget):
    return widget._repr_mimebundle_()[0]


@functools.cache
def made(name):
    """A widget as it was made and its bundle, whose picture takes up to four seconds: for tests that change neither."""
    widget = MAKERS[name]()
    return widget, bundle(widget)


# One worker takes all tests of a widget, so that its picture is drawn once.
makers = pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.xdist_group(f"widget {name}")) for name in MAKERS])


# what is stored


@makers
def test_a_stored_widget_names_itself_its_state_and_its_files(name):
    widget, stored = made(name)
    page = Page(stored["text/html"]).found
    state, files = (json.loads(page["div"][f"data-vaelib-{name}"]) for name in ("state", "files"))
    assert page["div"]["data-vaelib-widget"] == widget.page_name
    assert (STATIC / f"{widget.page_name}.mjs").is_file()
    assert state == widget.state() and list(state) == sorted(state)
    for name, value in state.items():
        if isinstance(value, (float, list)):
            np.testing.assert_allclose(value, getattr(widget, name), rtol=0, atol=1e-6)
    for trait, file in files.items():
        assert (pretrained.FOLDER / file).read_bytes() == getattr(widget, trait)


@makers
def test_what_is_stored_is_the_same_each_time_and_holds_no_weights(name):
    (_, first), second = made(name), bundle(MAKERS[name]())
    for kind in ("text/plain", "text/html", "image/png"):
        assert first[kind] == second[kind]
    text = re.sub(r"base64,[\w+/=]+", "", first["text/html"])
    assert len(text) < 2000 and "0x" not in first["text/plain"]


@makers
def test_the_repr_is_a_call_that_makes_the_widget_again(name):
    widget, stored = made(name)
    assert repr(eval(repr(widget))) == repr(widget) == stored["text/plain"]


@makers
def test_the_live_view_stays_in_the_bundle(name):
    widget, stored = made(name)
    assert stored["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id != ""


@makers
def test_colab_gets_no_html_so_that_it_shows_the_live_widget(name, monkeypatch):
    widget, stored = made(name)
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.setattr(widget, "still", lambda: Still(base64.b64decode(stored["image/png"]), "drawn before"))
    assert set(stored) - set(bundle(widget)) == {"text/html"}


@makers
def test_an_older_ipywidgets_finds_no_display_method_that_would_skip_the_bundle(name):
    assert made(name)[0]._ipython_display_ is None


def test_hostile_text_cannot_leave_its_attribute():
    evil = "\"></div><script>alert(1)</SCRIPT>'&"
    text = page_html(evil, {"name": evil}, {"decoder_file": evil}, Still(b"", evil))
    assert "<script" not in text.lower().replace(html.escape(evil).lower(), "")
    page = Page(text).found
    assert set(page) == {"div", "img"} and page["img"]["alt"] == evil
    assert json.loads(page["div"]["data-vaelib-state"]) == {"name": evil}


# the picture


@makers
def test_the_still_picture_is_small_opaque_and_says_what_is_seen(name):
    _, stored = made(name)
    png, shown = base64.b64decode(stored["image/png"]), Page(stored["text/html"]).found["img"]
    image = Image.open(io.BytesIO(png))
    assert len(png) <= STILL_LIMIT and image.format == "PNG"
    assert "transparency" not in image.info and image.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
    assert len(image.convert("RGB").getcolors(1 << 16)) > 5
    assert base64.b64decode(shown["src"].removeprefix("data:image/png;base64,")) == png
    assert len(shown["alt"]) > 60


def test_the_still_picture_follows_the_state():
    widget = LatentExplorer("digits8-2d")
    before = widget.still()
    widget.z = [2, 2]
    after = widget.still()
    assert before.png != after.png and "(2.00, 2.00)" in after.alt
    widget.show = "sample"
    assert widget.still().png != after.png


def test_a_z_beyond_the_plane_is_drawn_and_decoded_at_its_edge():
    far, edge = LatentExplorer("digits8-2d", z=(1e9, 0)), LatentExplorer("digits8-2d", z=(4, 0))
    assert far.z == [1e9, 0.0] and far.still().png == edge.still().png
    assert "beyond" in far.still().alt and "beyond" not in edge.still().alt


def test_a_narrow_density_stands_taller_on_the_bench():
    pictures = {ReparameterizationBench(log_var=log_var, noise=0).still().png for log_var in (-4, -1, 2)}
    assert len(pictures) == 3
    assert len(ReparameterizationBench(log_var=-4, std_rule="exp(log_var)").still().png) <= STILL_LIMIT


def test_a_question_is_kept_to_one_decimal_more_than_its_tolerance():
    widget = AnswerCheck("?", 1 / 3, slips={"half.": 1 / 6, "nothing.": -1e-9})
    assert widget.state() == {
        "question": "?",
        "expected": 0.333,
        "slips": {"half.": 0.167, "nothing.": 0.0},
        "unit": "nats",
        "tolerance": 0.01,
    }
    with pytest.raises(traitlets.TraitError, match="read-only"):
        widget.expected = 2.0


def test_choices_are_kept_as_places_and_the_reason_as_words():
    widget = AnswerCheck(expected="b", choices=["a", "b"], slips={"that is the first.": "a"}, reason="b is second.")
    assert widget.state() | {"tolerance": 0} == {
        "question": "", "expected": 1.0, "slips": {"that is the first.": 0.0}, "unit": "", "tolerance": 0, "choices": ["a", "b"],
        "reason": "b is second.",
    }  # fmt: skip
    assert "a; b" in widget.still().alt and len(widget.still().png) <= STILL_LIMIT


def test_a_long_question_with_dollars_fits_its_card():
    short, long = (AnswerCheck("What is $x$ worth? " * times, 1).still().png for times in (1, 20))
    heights = [Image.open(io.BytesIO(png)).size[1] for png in (short, long)]
    assert heights[1] > heights[0] + 60 and len(long) <= STILL_LIMIT


def test_the_envelope_keeps_what_it_was_given_and_its_picture_tells_nothing_of_it():
    widget = HiddenCause(BARS, [[0.5, -1], [0, 0.25], [2, 1]])
    assert widget.causes == [0.5, -1, 0, 0.25, 2, 1] and [row.index("1") for row in widget.x.split(" ")] == [0, 1, 2]
    other = HiddenCause(BARS, torch.zeros(3, 2), opened=True)
    assert other.still() == widget.still()


@pytest.mark.parametrize(
    ("x", "causes", "words"),
    [
        (torch.full((1, 64), 0.5), [0, 0], "pixels 0 or 1"),
        (torch.zeros(13, 64), torch.zeros(13, 2), "1 to 12 pictures"),
        (torch.zeros(1, 784), [0, 0], "64 pixels"),
        (torch.zeros(64), [0, 0], r"shape \(n, 64\)"),
        ("01", [0, 0], "64 pixels"),
        (torch.zeros(2, 64), [0, 0], "two finite numbers for each of 2 pictures"),
        (torch.zeros(1, 64), [0, math.nan], "two finite numbers"),
    ],
)
def test_what_is_no_set_of_bars_is_refused(x, causes, words):
    with pytest.raises(ValueError, match=words):
        HiddenCause(x, causes)


@pytest.mark.parametrize(
    ("x", "mean", "words"),
    [
        (BARS, torch.full((3, 64), 1.5), "mean must lie in"),
        (BARS, torch.full((3, 64), math.nan), "mean must lie in"),
        (BARS, BARS[:2], "a picture for each of x, 3, got 2"),
        (torch.zeros(7, 64), torch.zeros(7, 64), "1 to 6 packed pictures"),
        (torch.zeros(1, 784), BARS, r"shape \(n, 64\)"),
        ([0.0] * 64, BARS, "got a list"),
        ("zz", BARS, "packed pictures of 64 pixels"),
    ],
)
def test_what_are_no_pictures_with_means_is_refused(x, mean, words):
    with pytest.raises(ValueError, match=words):
        PixelWidth(x, mean)


def test_sixteenths_survive_being_packed_and_the_still_scores_as_torch_does():
    generator = torch.Generator().manual_seed(5)
    x, mean = torch.randint(17, (64,), generator=generator) / 16, torch.randint(241, (64,), generator=generator) / 240
    widget = PixelWidth(x, mean, std=0.7)
    score = torch.distributions.Normal(mean.double(), 0.7).log_prob(x.double()).sum()
    assert [16 * int(widget.x[2 * j : 2 * j + 2], 16) / 240 for j in range(64)] == (16 * x).tolist()
    assert f"it is {score:.1f} nats" in widget.still().alt


def test_a_picture_that_is_not_there_is_refused():
    with pytest.raises(traitlets.TraitError, match="picture must be 0 to 2, got 3"):
        HiddenCause(BARS, torch.zeros(3, 2), picture=3)


def test_the_drawing_shown_is_the_preset_or_what_was_packed():
    widget = DrawDigit()
    assert torch.equal(widget.x, drawings.read("stroke 3"))
    widget.input = "drawing"
    assert widget.x.sum() == 0
    widget.drawing = drawings.pack(drawings.read("4 or 9"))
    assert torch.equal(widget.x, drawings.read("4 or 9"))


def test_the_still_of_a_drawing_tells_log_p_of_x_and_q_only_where_there_is_an_encoder():
    with_q, without = (DrawDigit(input="stroke 1", encoder=encoder).still() for encoder in (True, False))
    assert "log p(x) is -55.2 nats" in with_q.alt and "its ELBO is -55.3 nats" in with_q.alt
    assert "log p(x) is -55.2 nats" in without.alt and "ELBO" not in without.alt and with_q.png != without.png


def test_a_page_is_told_what_test_digits_get_and_the_repr_is_not():
    widget = DrawDigit()
    assert widget.state()["typical"] == [-136.107, 48.5]
    assert "typical" not in repr(widget) and widget.page_files == {f"{part}_file": part for part in ("decoder", "encoder", "codes")}


def test_the_default_explorer_is_that_of_mnist():
    widget = LatentExplorer()
    assert widget.name == "mnist-2d" and len(widget.still().png) <= STILL_LIMIT


def test_widgets_and_figures_colour_alike():
    css = (STATIC / "widgets.css").read_text()
    light = css[: css.index('data-theme="dark"')]
    for name, colours in (("class", figures.CLASS_COLOURS), ("slant", figures.SLANT_COLOURS), ("thickness", figures.THICKNESS_COLOURS)):
        assert re.findall(rf"--vaelib-{name}-\d: (#\w+);", light) == list(colours)


def test_the_still_picture_of_a_plane_shows_what_its_dots_are_coloured_by():
    pictures = {colour: LatentExplorer("digits8-2d", colour=colour).still() for colour in ("label", "slant", "thickness")}
    assert len({still.png for still in pictures.values()}) == 3
    assert all(f"coloured by {colour} " in still.alt for colour, still in pictures.items())


# what is accepted


@pytest.mark.parametrize("value", [(1, 2), [1, 2], np.array([1, 2]), np.float32([1, 2]), torch.tensor([1.0, 2.0])])
def test_z_takes_any_sequence_of_two_numbers_and_is_a_list_of_floats(value):
    assert LatentExplorer("digits8-2d", z=value).z == [1.0, 2.0]


@pytest.mark.parametrize(
    "value", [(1,), (1, 2, 3), (1, math.nan), (math.inf, 0), "12", 3, None, ("a", "b"), torch.ones(2, 2), {0: 1, 1: 2}, {1, 2}]
)
def test_z_refuses_what_is_no_point_and_keeps_the_old_one(value):
    widget = LatentExplorer("digits8-2d", z=(1, 2))
    with pytest.raises(traitlets.TraitError, match="z must be 2 finite numbers, got"):
        widget.z = value
    assert widget.z == [1.0, 2.0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LatentExplorer("mnist"), "name must be one of .*mnist-2d.*, got 'mnist'"),
        (lambda: LatentExplorer("../mnist-2d"), "name must be one of"),
        (lambda: LatentExplorer("digits8-8d"), "wants a model with 2 latents, got 'digits8-8d' with 8"),
        (lambda: LatentExplorer("digits8-2d", show="median"), "mean"),
        (lambda: LatentExplorer("digits8-2d", colour="age"), "label"),
        (lambda: LatentExplorer("digits8-2d", input="cat"), 'input must be "none" or "stroke 0" to "stroke 9", got \'cat\''),
        (lambda: LatentExplorer("mnist-2d", input="stroke 3", encoder=False), "needs encoder=True"),
        (lambda: LatentExplorer("digits8-2d", input="stroke 3"), "a model of 28x28 images"),
        (lambda: LatentExplorer("digits8-2d", z={0: 1, 1: 2}), "z must be 2 finite numbers, got a dict: {0: 1, 1: 2}"),
        (lambda: LatentExplorer("digits8-2d", encoder="no"), "encoder must be True or False, got 'no'"),
        (lambda: LatentExplorer("digits8-2d", codes="no"), "codes must be True or False, got 'no'"),
        (lambda: LatentExplorer("digits8-2d", sample_seed=-1), "sample_seed"),
        (
            lambda: SampleSheet("digits8-2d", rival="mnist-2d"),
            "two models of one shape with 2 latents, got 'digits8-2d' with 2 and 'mnist-2d' with 2",
        ),
        (lambda: SampleSheet("digits8-8d", rival="digits8-8d"), "got 'digits8-8d' with 8 and 'digits8-8d' with 8"),
        (lambda: SampleSheet(rival="ae"), "name must be one of .*, got 'ae'"),
        (lambda: SampleSheet(kind="AE"), "VAE"),
        (lambda: SampleSheet(source="N(0, I)"), "prior"),
        (lambda: SampleSheet(spread=0), "spread must be a number from 0.25 to 3, got 0"),
        (lambda: SampleSheet(sample_seed=-1), "sample_seed"),
        (lambda: DrawDigit("digits8-2d"), "28x28 images with 2 latents, got 'digits8-2d' with 64 pixels and 2 latents"),
        (lambda: DrawDigit(input="stroke 10"), "stroke 10"),
        (lambda: DrawDigit(drawing="AAAA"), "drawing must be text from vaelib.drawings.pack: .*98 bytes"),
        (lambda: DrawDigit(samples=501), "501"),
        (lambda: DrawDigit(samples=0), "samples"),
        (lambda: DrawDigit(refined="yes"), "refined"),
        (lambda: DrawDigit(encoder="no"), "encoder must be True or False, got 'no'"),
        (lambda: LatentViews("mnist-2d"), "must have 8 latents and stored t-SNE maps, got 2 latents, 0 maps"),
        (lambda: LatentViews(perplexity=31), "perplexity must be one of the stored 5, 30, 100, got 31"),
        (lambda: LatentViews(perplexity=math.nan), "perplexity must be"),
        (lambda: LatentViews(z=(0, 0)), "z must be 8 finite numbers, got"),
        (lambda: AnswerCheck(" ", 1), "question must be a sentence, or nothing where the text above asks it, got ' '"),
        (lambda: AnswerCheck("?", "c", choices=["a", "b"]), r"the answer must be one of the choices \['a', 'b'\], got 'c'"),
        (lambda: AnswerCheck("?", "a", choices=["a", "a"]), "choices must be at least two different sentences"),
        (lambda: AnswerCheck("?", "a", choices=["a", "b"], slips={"no.": "c"}), "the answer must be one of the choices"),
        (lambda: AnswerCheck("?", "a", choices=["a", "b"], slips={"no.": "a"}), "gives the right answer"),
        (lambda: AnswerCheck("?", math.nan), "expected must be a number from -1e\\+06 to 1e\\+06, got nan"),
        (lambda: AnswerCheck("?", 1, tolerance=0), "tolerance must be a number from 1e-05 to 1e\\+06, got 0"),
        (lambda: AnswerCheck("?", 1, slips={"forgot": "x"}), "the slip 'forgot' must give one number, got 'x'"),
        (lambda: AnswerCheck("?", 1, slips={"forgot": 1.001}), "gives the right answer within 0.01"),
        (lambda: AnswerCheck("?", 1, unit=3), "unit"),
        (lambda: MixturePosterior(x=(6, 0)), r"x must be 2 numbers from -5 to 5, got \(6, 0\)"),
        (lambda: MixturePosterior(mean=((0, 0), (1, 1))), "mean must be 3 x 2 numbers from -5 to 5, got"),
        (lambda: MixturePosterior(mean=((0, 0), (1, 1), (1, math.nan))), "mean must be 3 x 2 numbers"),
        (lambda: MixturePosterior(std=(1, 1, 0)), "std must be 3 numbers from 0.1 to 2.5, got"),
        (lambda: MixturePosterior(std="123"), "std must be 3 numbers from 0.1 to 2.5, got '123'"),
        (lambda: MixturePosterior(weight=(0.5, 0.5, 0)), "weight must be 3 probabilities of at least 0.01 that sum to 1, got"),
        (lambda: MixturePosterior(q=(0.5, 0.6, 0)), "q must be 3 probabilities of at least 0 that sum to 1, got"),
        (lambda: MixturePosterior(q=(1.5, -0.5, 0)), "q must be 3 probabilities"),
        (lambda: ReparameterizationBench(mean=3.5), "mean must be a number from -3 to 3, got 3.5"),
        (lambda: ReparameterizationBench(log_var="wide"), "log_var must be a number from -4 to 2, got 'wide'"),
        (lambda: ReparameterizationBench(noise=math.inf), "noise must be a number from -3 to 3, got inf"),
        (lambda: ReparameterizationBench(trick="off"), "trick"),
        (lambda: ReparameterizationBench(std_rule="log_var"), "exp"),
        (lambda: GradientRace(learning_rate=1), "learning_rate must be a number from 0.01 to 0.3, got 1"),
        (lambda: GradientRace(draws=0), "draws"),
        (lambda: LossMeaning(beta=0), "beta must be a number from 1e-06 to 1e\\+06, got 0"),
        (lambda: LossMeaning(error_reduction="none"), "batch mean"),
        (lambda: CollapseDoctor(cure="more beta"), "no cure"),
        (lambda: CollapseDoctor(seed=3), "seed"),
        (lambda: CollapseDoctor(stop=11), "stop"),
        (lambda: Waterline(beta=0), "beta must be a number from 0.05 to 20, got 0"),
        (lambda: Waterline(variance=3), "variance must be a number from 0.002 to 2, got 3"),
        (lambda: Waterline(latents=33), "latents"),
        (lambda: TrainVAE(latent=1), "latent"),
        (lambda: TrainVAE(beta=-1), "beta must be a number from 0 to 8, got -1"),
        (lambda: TrainVAE(mistake="all"), "no trick"),
        (lambda: IntegralLab(width=0), "width must be a number from 0.05 to 2, got 0"),
        (lambda: IntegralLab(kind="three humps"), "two humps"),
        (lambda: PixelWidth(BARS, BARS, std=3), "std must be a number from 0.01 to 2, got 3"),
        (lambda: PixelWidth(BARS, BARS, picture=3), "picture must be 0 to 2, got 3"),
        (lambda: CodedLine(mean=(4,) * 8), "mean must be 8 numbers from -3.5 to 3.5, got"),
        (lambda: CodedLine(preset="wide"), "preset must be one of same, sharp, prior, far, got 'wide'"),
        (lambda: CodedLine(std=(1,) * 7), "std must be 8 numbers from 0.1 to 1.5, got"),
        (lambda: Divergences(distance=3), "distance must be a number from 0.2 to 2.5, got 3"),
        (lambda: Divergences(width=2), "width"),
        (lambda: LogitCurve(logit=7), "logit must be a number from -6 to 6, got 7"),
        (lambda: RunningAverage(n=0), "n"),
        (lambda: RunningAverage(of="z^2"), "z > 1"),
        (lambda: RunningAverage(sample_seed=-1), "sample_seed"),
        (lambda: Capacity(width=48), "width"),
        (lambda: VarianceHeads(raw=5), "raw must be a number from -4 to 4, got 5"),
        (lambda: TwoBells(q_std=0.1), "q_std must be a number from 0.5 to 2.5, got 0.1"),
        (lambda: TruthBench(std=0), "std must be a number from 0.4 to 2, got 0"),
        (lambda: TruthBench(q_std=math.nan), "q_std must be a number from 0.1 to 2, got nan"),
        (lambda: TruthBench(x=[1.0, 2.0]), "x must be a number from -3 to 3"),
        (lambda: TruthBench(angle=91), "angle must be a number from 0 to 90, got 91"),
        (lambda: TruthBench(view="mean_field"), "mean field"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(make, message):
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        make()


def test_the_weights_of_a_widget_cannot_be_swapped_under_it():
    with pytest.raises(traitlets.TraitError, match="read-only"):
        LatentExplorer("digits8-2d").name = "mnist-2d"


def test_the_encoder_and_the_codes_can_be_left_out():
    widget = LatentExplorer("digits8-2d", encoder=False, codes=False)
    assert widget.encoder_file == widget.codes_file == b""
    assert "encoder" not in bundle(widget)["text/html"] and "codes.safetensors" not in bundle(widget)["text/html"]


def test_a_sheet_carries_two_models_of_equally_many_weights():
    widget = SampleSheet()
    assert widget._file_names() == {
        "decoder_file": "digits8-2d.decoder.safetensors", "codes_file": "digits8-2d.codes.safetensors",
        "rival_decoder_file": "digits8-2d-ae.decoder.safetensors", "rival_codes_file": "digits8-2d-ae.codes.safetensors",
    }  # fmt: skip
    counted = [sum(weight.numel() for weight in pretrained.load(name).parameters()) for name in (widget.name, widget.rival)]
    assert widget.weights == counted and counted[0] == counted[1]


def test_the_gaussian_of_a_sheet_is_the_codes_own():
    widget = SampleSheet(kind="autoencoder", source="fitted", spread=2)
    codes = pretrained.read_codes("digits8-2d-ae")["mean"]
    mean, factor = widget._law(codes)
    torch.testing.assert_close(mean, torch.tensor(codes.numpy().mean(0)))
    torch.testing.assert_close(factor @ factor.T, 4 * torch.tensor(np.cov(codes.numpy().T), dtype=torch.float32))
    widget.source = "prior"
    assert torch.equal(widget._law(codes)[1], 2 * torch.eye(2))


def test_the_humps_of_python_and_of_the_page_are_the_same():
    source = (STATIC.parent / "js" / "widgets" / "divergences" / "fits.mjs").read_text()
    assert f"WEIGHTS = {list(divergences.WEIGHTS)}" in source and f"HUMP = {divergences.HUMP}" in source


def test_points_are_not_shared_between_widgets():
    first, second = ReparameterizationBench(), LatentExplorer("digits8-2d")
    third = LatentExplorer("digits8-2d")
    second.z = [1, 1]
    assert third.z == [0.0, 0.0] and first.mean == 1.0


# how it lives in a kernel


def test_z_links_to_a_slider_in_both_directions():
    explorer, slider = LatentExplorer("digits8-2d", z=(0, 1)), ipywidgets.FloatSlider(min=-4, max=4)
    traitlets.link((explorer, "z"), (slider, "value"), transform=(lambda z: z[0], lambda value: [value, explorer.z[1]]))
    slider.value = 1.5
    assert explorer.z == [1.5, 1.0]
    explorer.z = (-2, 0)
    assert slider.value == -2


def test_a_move_in_the_page_reaches_an_observer():
    explorer, seen = LatentExplorer("digits8-2d"), []
    explorer.observe(lambda change: seen.append(change["new"]), "z")
    explorer.set_state({"z": [0.25, 3]})
    assert seen == [[0.25, 3.0]]


def test_z_stands_on_its_own_dot_in_tsne_when_it_is_a_stored_code():
    codes = pretrained.read_codes("digits8-8d")
    for index in (0, 700, 1796):
        place = latent_views._placed_by_neighbours(codes["mean"][index], codes["mean"], codes["tsne.30"])
        torch.testing.assert_close(place, codes["tsne.30"][index], atol=1e-4, rtol=0)


def test_stills_do_not_depend_on_torchs_default_dtype():
    """A chapter that works in double precision sets it as the default; its figures stay the same pictures."""
    for make in (LatentExplorer, LatentViews, SampleSheet):
        wanted = make().still()
        torch.set_default_dtype(torch.float64)
        try:
            assert make().still().alt == wanted.alt
        finally:
            torch.set_default_dtype(torch.float32)


# one declaration on each side

DECLARED = """
const found = {};
for (const name of %s) found[name] = (await import(%s + name + ".mjs")).TRAITS;
console.log(JSON.stringify(found));
"""


def said_by(trait):
    """What the page's kinds say of such a trait, as far as it is said without a model's files."""
    match trait:
        case Seed():
            return {"kind": "seed"}
        case Number() if math.isfinite(trait.high):
            return {"kind": "number", "limits": [trait.low, trait.high]}
        case Bounded() if len(trait.shape) == 2:
            return {"kind": "table", "shape": list(trait.shape), "limits": [trait.low, trait.high]}
        case Bounded() if trait.low == -trait.high:
            return {"kind": "point", "extent": trait.high}
        case Bounded():
            return {"kind": "list", "shape": list(trait.shape), "limits": [trait.low, trait.high]}
        case Probabilities():
            return {"kind": "probabilities"}
        case Point():
            return {"kind": "point"}
        case traitlets.Bool():
            return {"kind": "flag"}
        case traitlets.Enum():
            return {"kind": "choice"}
        case traitlets.Int():
            return {"kind": "whole"}
        case _:  # text and choices among what a model's files hold
            return {}


def test_python_and_the_page_declare_the_same_traits():
    node = shutil.which("node")
    if node is None:
        message = "no node here: install Node 20 or later to compare the two declarations"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    widgets = {made(name)[0].page_name: made(name)[0] for name in MAKERS if name != "answer_check"}  # a link carries no answers
    script = DECLARED % (json.dumps(list(widgets)), json.dumps(STATIC.as_uri() + "/"))
    said = json.loads(subprocess.run([node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True).stdout)
    for name, widget in widgets.items():
        traits = {trait: of for trait in widget.page_state if not (of := widget.traits()[trait]).read_only}
        # the author's, which the page may declare too
        fixed = {trait for trait in (*widget.page_state, *widget.page_facts) if widget.traits()[trait].read_only}
        assert set(traits) == set(said[name]) - fixed, name
        for trait, of in traits.items():
            assert said_by(of).items() <= said[name][trait].items(), (name, trait)
            options = said[name][trait].get("options")
            assert not (options and isinstance(of, traitlets.Enum)) or set(options) == set(of.values), (name, trait)
