"""The book's widgets: data in traits, drawing in static/*.mjs. This room names them; nothing in the library imports it."""

from vaelib.widgets.answer_check import AnswerCheck
from vaelib.widgets.capacity import Capacity
from vaelib.widgets.coded_line import CodedLine
from vaelib.widgets.collapse_doctor import CollapseDoctor
from vaelib.widgets.divergences import Divergences
from vaelib.widgets.draw_digit import DrawDigit
from vaelib.widgets.front_door import FrontDoor
from vaelib.widgets.gradient_race import GradientRace
from vaelib.widgets.hidden_cause import HiddenCause
from vaelib.widgets.integral_lab import IntegralLab
from vaelib.widgets.latent_explorer import LatentExplorer
from vaelib.widgets.latent_views import LatentViews
from vaelib.widgets.logit_curve import LogitCurve
from vaelib.widgets.loss_meaning import LossMeaning
from vaelib.widgets.mixture_posterior import MixturePosterior
from vaelib.widgets.pixel_width import PixelWidth
from vaelib.widgets.reparameterization import ReparameterizationBench
from vaelib.widgets.running_average import RunningAverage
from vaelib.widgets.sample_sheet import SampleSheet
from vaelib.widgets.train_vae import TrainVAE
from vaelib.widgets.truth_bench import TruthBench
from vaelib.widgets.two_bells import TwoBells
from vaelib.widgets.variance_heads import VarianceHeads
from vaelib.widgets.waterline import Waterline

__all__ = [
    "AnswerCheck",
    "Capacity",
    "CodedLine",
    "CollapseDoctor",
    "Divergences",
    "DrawDigit",
    "FrontDoor",
    "GradientRace",
    "HiddenCause",
    "IntegralLab",
    "LatentExplorer",
    "LatentViews",
    "LogitCurve",
    "LossMeaning",
    "MixturePosterior",
    "PixelWidth",
    "ReparameterizationBench",
    "RunningAverage",
    "SampleSheet",
    "TrainVAE",
    "TruthBench",
    "TwoBells",
    "VarianceHeads",
    "Waterline",
]
