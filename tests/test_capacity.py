"""The stored sweep of network sizes: its shapes, that its command makes it, what it shows of capacity, and what a damaged file is told."""

import sys
from pathlib import Path

import pytest
import torch

from vaelib.files import read_tensors, write_tensors
from vaelib.pretrained.capacity import DEPTHS, PAIRS, SEEDS, SHEET, SWEEP, TOSSES, WIDTHS, read_capacity

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import capacity as command

SIZES = (len(TOSSES), len(DEPTHS), len(WIDTHS))


def test_every_size_has_its_scores_its_weights_and_its_sheet():
    sweep = read_capacity()
    for scores in (sweep.train, sweep.held_out, sweep.kl):
        assert scores.shape == (*SIZES, len(SEEDS)) and torch.isfinite(scores).all()
    assert sweep.sheets.shape == (*SIZES, SHEET, 64) and 0 <= sweep.sheets.min() < sweep.sheets.max() <= 1
    assert sweep.pair_train.shape == sweep.pair_held_out.shape == (2, 3, len(SEEDS)) and sweep.pair_sheets.shape == (2, 3, SHEET, 64)
    for i, depth in enumerate(DEPTHS):
        for j, width in enumerate(WIDTHS):
            assert sweep.weights[i, j] == command.weights(command.build("dense", (width,) * depth, 0))
    for i, (kind, sizes) in enumerate(PAIRS.items()):
        assert sweep.pair_weights[i].tolist() == [command.weights(command.build(kind, one, 0)) for one in sizes]
    _, words = read_tensors(SWEEP)
    assert words == command.about()


@pytest.mark.parametrize(("kind", "sizes", "toss", "seed"), [("dense", (8,), "once", 1), ("convolutional", (4, 8), "anew", 0)])
def test_the_command_makes_the_stored_numbers_again(kind, sizes, toss, seed):
    sweep, (weights, scores, sheet) = read_capacity(), command.run((kind, sizes, toss, seed))
    if kind == "dense":
        place = (TOSSES.index(toss), len(sizes) - 1, WIDTHS.index(sizes[0]))
        stored = [one[place][seed] for one in (sweep.train, sweep.held_out, sweep.kl)]
    else:
        place = (1, PAIRS[kind].index(sizes))
        stored = [one[place][seed] for one in (sweep.pair_train, sweep.pair_held_out)]
        assert weights == sweep.pair_weights[place]
    torch.testing.assert_close(torch.tensor(scores[: len(stored)]), torch.stack(stored), atol=0.05, rtol=0)  # training magnifies rounding
    if seed == 0:  # whose sheet is stored
        torch.testing.assert_close(sheet / 16, sweep.pair_sheets[place], atol=0.15, rtol=0)


def test_the_widest_layer_wins_in_training_and_loses_on_held_out_digits_when_pixels_are_tossed_once():
    sweep = read_capacity()
    train, held_out = sweep.train[0, 0], sweep.held_out[0, 0]  # once, one hidden layer: (width, seed)
    assert (train[1:].mean(1) > train[:-1].mean(1)).all()
    assert (held_out[WIDTHS.index(256)] < held_out[WIDTHS.index(32)] - 1).all()
    assert (held_out.argmax(0) == WIDTHS.index(32)).all()


def test_a_file_without_a_tensor_is_refused_in_words(tmp_path):
    tensors, words = read_tensors(SWEEP)
    del tensors["kl"]
    write_tensors(tensors, tmp_path / "damaged.safetensors", words)
    with pytest.raises(OSError, match="must hold the tensors of a sweep, got none called kl"):
        read_capacity(tmp_path / "damaged.safetensors")
