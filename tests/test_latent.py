"""Walks through a latent space: their ends, their order, and what they refuse."""

import pytest
import torch

from vaelib import dense_vae
from vaelib.latent import decode_grid, encode_set, grid, interpolate, traverse


@pytest.fixture
def model():
    return dense_vae(16, 2, hidden=(8,)).requires_grad_(False)


def test_encoding_a_set_is_encoding_its_images(model):
    x = torch.rand(2500, 16, generator=torch.Generator().manual_seed(0))  # more than two batches
    codes = encode_set(model, x)
    mean, log_var = model.encode(x)
    torch.testing.assert_close(codes.mean, mean)
    torch.testing.assert_close(codes.log_var, log_var)


def test_a_grid_is_read_like_a_picture():
    points = grid(extent=2.0, steps=3)
    assert points.tolist() == [[-2, 2], [0, 2], [2, 2], [-2, 0], [0, 0], [2, 0], [-2, -2], [0, -2], [2, -2]]


def test_a_decoded_grid_decodes_the_grid(model):
    expected = model.decode(grid(1.5, 4)).sigmoid()
    torch.testing.assert_close(decode_grid(model, extent=1.5, steps=4), expected)


def test_a_traversal_moves_one_coordinate(model):
    z = torch.tensor([0.3, -0.4])
    path = traverse(model, z, 1, [-1.0, -0.4, 2.0])
    torch.testing.assert_close(path[1], model.decode(z).sigmoid())
    torch.testing.assert_close(path[2], model.decode(torch.tensor([0.3, 2.0])).sigmoid())
    assert z.tolist() == pytest.approx([0.3, -0.4]), "the caller's z is left alone"


def test_an_interpolation_starts_and_ends_at_its_ends(model):
    start, end = torch.tensor([1.0, 0.0]), torch.tensor([-1.0, 2.0])
    path = interpolate(model, start, end, 5)
    torch.testing.assert_close(path[0], model.decode(start).sigmoid())
    torch.testing.assert_close(path[2], model.decode((start + end) / 2).sigmoid())
    torch.testing.assert_close(path[-1], model.decode(end).sigmoid())


@pytest.mark.parametrize("call, words", [
    (lambda m: encode_set(m, torch.zeros(0, 16)), "got (0, 16)"),
    (lambda m: encode_set(m, torch.zeros(16)), "got (16,)"),
    (lambda m: encode_set(m, torch.full((1, 16), torch.nan)), "NaN"),
    (lambda m: encode_set(m, [[0.0] * 16]), "got list"),
    (lambda m: grid(0.0), "extent > 0"),
    (lambda m: grid(float("inf")), "finite extent"),
    (lambda m: grid(3.0, 2.5), "steps=2.5"),
    (lambda m: grid(steps=1), "number of steps >= 2"),
    (lambda m: decode_grid(dense_vae(16, 3)), "latent_dim 2, got 3"),
    (lambda m: traverse(m, torch.zeros(3), 0, [0.0]), "z must have shape (2,), got (3,)"),
    (lambda m: traverse(m, torch.zeros(2), 2, [0.0]), "dimension must be 0 to 1, got 2"),
    (lambda m: interpolate(m, torch.zeros(2), torch.zeros(1, 2), 5), "z_end must have shape (2,), got (1, 2)"),
    (lambda m: interpolate(m, torch.zeros(2), torch.zeros(2), 1), "steps must be a whole number >= 2"),
])  # fmt: skip
def test_what_makes_no_walk_is_refused(model, call, words):
    with pytest.raises(ValueError) as error:
        call(model)
    assert words in str(error.value)
