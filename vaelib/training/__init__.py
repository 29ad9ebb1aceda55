"""Training and scoring: `fit`, the one loop; `evaluate` and `score`, how good a model is on a set; and what a run leaves behind."""

from vaelib.training.evaluation import Score, evaluate, score
from vaelib.training.history import History, Terms
from vaelib.training.loop import fit
from vaelib.training.state import LastFit

__all__ = ["History", "LastFit", "Score", "Terms", "evaluate", "fit", "score"]
