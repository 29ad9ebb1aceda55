"""The stored runs of the page on posterior collapse: nine ways to train one model, from the same three seeds. Nothing is trained here."""

import json
from pathlib import Path

_FILE = Path(__file__).with_name("collapse.json")  # made by benchmarks/collapse.py


def collapse_runs() -> dict:
    """What benchmarks/collapse.py has stored.

    "runs": name -> a run for each of "seeds", with "kl" (stop, latent) and "elbo" (stop,) on the training images at the epochs
    "stops", the verdict's "states", "room" and "words", and "test_elbo", "test_kl", "missed" (squared error an image at the mean of q),
    "std", "information" and "marginal_kl" at the end. "carry": network -> variance -> a run for each seed; "above": variance -> the
    number of eigenvalues above it. Nats, averages an image.
    """
    return json.loads(_FILE.read_text(encoding="utf-8"))
