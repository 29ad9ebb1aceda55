"""Judges of what readers write: answers to exercises, and losses. No questions, no solutions, no widgets."""

from vaelib.exercises.answers import RIGHT, digits, judge, require_clear
from vaelib.exercises.explanations import Explanation, explain_loss
from vaelib.exercises.spectra import MOST_EIGENVALUES, data_spectrum
from vaelib.exercises.stored_runs import collapse_runs
from vaelib.exercises.verdicts import Verdict, check_vae

__all__ = [
    "MOST_EIGENVALUES",
    "RIGHT",
    "Explanation",
    "Verdict",
    "check_vae",
    "collapse_runs",
    "data_spectrum",
    "digits",
    "explain_loss",
    "judge",
    "require_clear",
]
