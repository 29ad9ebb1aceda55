"""Slant and thickness of drawn shapes whose lean and width are known, and of what has neither."""

import math

import numpy as np
import pytest
import torch
from scipy import ndimage

from vaelib import load_digits8
from vaelib.moments import slant, thickness

SIDE, FINE = 28, 16  # pixels a side, and points a side within a pixel


def drawn(inside):
    """(1, pixels) float64: each pixel as dark as the part of it where inside(x, y) holds; x to the right, y upwards, 0 in the middle."""
    axis = (np.arange(SIDE * FINE) + 0.5) / FINE - SIDE / 2
    x, y = np.meshgrid(axis, -axis)
    return torch.tensor(inside(x, y).reshape(SIDE, FINE, SIDE, FINE).mean((1, 3)).reshape(1, -1))


def bar(width, length, angle, centre=(0.0, 0.0)):
    """A straight stroke; angle in radians from the horizontal."""

    def inside(x, y):
        x, y = x - centre[0], y - centre[1]
        along, across = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
        return (abs(along) < length / 2) & (abs(across) < width / 2)

    return drawn(inside)


@pytest.mark.parametrize("shear", [-0.8, -0.3, 0.0, 0.25, 0.7])
def test_a_sheared_stroke_has_its_shear(shear):
    image = drawn(lambda x, y: (abs(x - shear * y) < 1.5) & (abs(y) < 9))
    # exact for a continuous picture; 1e-3 is what 16 points a side leave of it
    assert abs(slant(image).item() - shear) < 1e-3


def test_an_italic_stroke_leans_to_the_right():
    picture = torch.zeros(8, 8)
    picture[[1, 2, 3, 4], [6, 5, 4, 3]] = 1  # the top row comes first: this is a slash
    assert slant(picture.reshape(1, 64)).item() == pytest.approx(1.0)
    assert slant(picture.flip(1).reshape(1, 64)).item() == pytest.approx(-1.0)


def test_slant_is_the_slope_of_the_regression_of_x_on_y():
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(5, 36, generator=generator, dtype=torch.float64)
    rows, columns = np.divmod(np.arange(36), 6)
    for image, measured in zip(images.numpy(), slant(images), strict=True):
        slope, _ = np.polyfit(-rows, columns, 1, w=np.sqrt(image))  # polyfit squares its weights
        assert measured.item() == pytest.approx(slope, abs=1e-12)


def test_slant_follows_the_rows_of_a_digit_that_is_sheared():
    """Moving row r of a picture by a whole number of pixels a row shears it by that number, exactly."""
    x = load_digits8().x_train[:50].double().reshape(-1, 8, 8)
    wide = torch.zeros(50, 24, 24, dtype=torch.float64)
    wide[:, 8:16, 8:16] = x
    sheared = torch.stack([row.roll(1 - r, -1) for r, row in zip(range(-8, 16), wide.unbind(1), strict=True)], 1)
    before, after = slant(wide.flatten(1)), slant(sheared.flatten(1))
    torch.testing.assert_close(after, before + 1, atol=1e-12, rtol=0)


def test_slant_minds_neither_place_nor_size_nor_darkness():
    small, large = bar(2, 10, 1.2), bar(4, 20, 1.2)
    placed = bar(2, 10, 1.2, centre=(4.0, -3.0))
    torch.testing.assert_close(slant(small), slant(large), atol=5e-3, rtol=0)  # ends are cut by pixels
    torch.testing.assert_close(slant(small), slant(placed), atol=1e-12, rtol=0)
    torch.testing.assert_close(slant(small), slant(0.1 * small), atol=1e-12, rtol=0)


@pytest.mark.parametrize("angle", range(0, 180, 15))
@pytest.mark.parametrize(("width", "low", "high"), [(1, 1.0, 2.0), (1.5, 1.02, 1.34), (2, 0.99, 1.05), (3, 0.98, 1.05), (4, 0.98, 1.05)])
def test_lines_measure_their_width_at_every_angle(width, low, high, angle):
    """Against twice the area over the perimeter of the bar itself, wherever it lies between the pixels."""
    length = 18
    wanted = width * length / (width + length)
    for centre in ((0.0, 0.0), (0.25, 0.1), (0.5, 0.5), (-0.3, 0.45)):
        measured = thickness(bar(width, length, math.radians(angle), centre)).item()
        assert low <= measured / wanted <= high


@pytest.mark.parametrize("width", [2, 3, 4])
def test_a_ring_measures_the_difference_of_its_radii(width):
    """A ring has no ends: 2 pi (R**2 - r**2) / (2 pi (R + r)) = R - r, at all angles at once."""
    ring = drawn(lambda x, y: abs(np.hypot(x - 0.2, y + 0.4) - 9) < width / 2)
    assert thickness(ring).item() == pytest.approx(width, rel=0.035)


def test_a_picture_enlarged_threefold_has_strokes_three_times_as_wide():
    image = bar(3, 14, 0.0)
    large = torch.tensor(ndimage.zoom(image.reshape(SIDE, SIDE).numpy(), 3, order=0, grid_mode=True, mode="grid-constant"))
    assert thickness(large.reshape(1, -1)).item() == pytest.approx(3 * thickness(image).item(), rel=0.03)  # corners


def test_thickness_minds_neither_darkness_nor_place_nor_turning():
    image = bar(2.5, 14, 0.4)
    square = image.reshape(SIDE, SIDE)
    for same in (0.3 * square, square.roll((3, -4), (0, 1)), square.flip(0), square.flip(1), square.T):
        torch.testing.assert_close(thickness(same.reshape(1, -1)), thickness(image), atol=1e-12, rtol=0)


def test_ink_at_the_border_has_an_edge_there():
    full = torch.ones(1, 64, dtype=torch.float64)
    # area 64, perimeter 32; the four corners are cut by the interpolation
    assert thickness(full).item() == pytest.approx(2 * 64 / 32, rel=0.04)


def test_each_image_of_a_batch_is_measured_alone():
    x = load_digits8().x_test
    assert slant(x).shape == thickness(x).shape == (len(x),)
    torch.testing.assert_close(slant(x)[3:4], slant(x[3:4]))
    torch.testing.assert_close(thickness(x)[3:4], thickness(x[3:4]))


@pytest.mark.parametrize("measure", [slant, thickness])
@pytest.mark.parametrize(("images", "words"), [
    ([[1.0]], "got list"),
    (torch.ones(2, 9, dtype=torch.int64), "got torch.int64"),
    (torch.ones(9), "got (9,)"),
    (torch.ones(2, 3, 3), "got (2, 3, 3)"),
    (torch.ones(2, 10), "a square number, got (2, 10)"),
    (torch.ones(0, 9), "batch >= 1"),
    (torch.ones(2, 0), "got (2, 0)"),
    (torch.tensor([[1.0, torch.nan, 0, 0]]), "got values from nan to nan"),
    (torch.tensor([[1.0, -0.5, 0, 0]]), "got values from -0.5 to 1"),
    (torch.tensor([[1.0, 1, 1, 1], [0, 0, 0, 0]]), "every image must have ink, got none in image 1 (of 2)"),
    (torch.zeros(9, 4), "got none in images 0, 1, 2, 3, 4, ... (of 9)"),
])  # fmt: skip
def test_what_cannot_be_measured_is_refused(measure, images, words):
    with pytest.raises(ValueError) as error:
        measure(images)
    assert words in str(error.value)


def test_a_level_stroke_leans_nowhere():
    with pytest.raises(ValueError, match=r"ink in two rows or more, got all of it in one row of image 0 \(of 1\)"):
        slant(torch.tensor([[0.0, 0, 0, 1, 1, 1, 0, 0, 0]]))
