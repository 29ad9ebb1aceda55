"""Pen drawings: the twelve that the book keeps, and the text that a drawing packs into."""

import base64

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vaelib import drawings, pretrained


@pytest.mark.parametrize("name", drawings.NAMES)
def test_each_drawing_is_ink_on_paper_in_the_middle_of_the_field(name):
    x = drawings.read(name)
    assert x.shape == (784,) and x.dtype == torch.float32 and set(x.tolist()) == {0.0, 1.0}
    rows, columns = x.reshape(28, 28).nonzero(as_tuple=True)
    for places in (rows, columns):
        assert abs(places.float().mean().item() - 13.5) < 0.6
        assert places.max() - places.min() < 21


def test_the_encoder_sends_the_ten_digits_to_codes_of_their_own_class():
    codes = pretrained.read_codes("mnist-2d")
    mean, _ = pretrained.load("mnist-2d").encode(torch.stack([drawings.read(f"stroke {digit}") for digit in range(10)]))
    nearest = torch.cdist(mean, codes["mean"]).topk(15, largest=False).indices
    shares = [(codes["label"][nearest[digit]] == digit).float().mean().item() for digit in range(10)]
    assert sum(share >= 0.5 for share in shares) >= 8, shares


@given(st.lists(st.booleans(), min_size=784, max_size=784))
def test_what_is_packed_is_unpacked(ink):
    x = torch.tensor(ink).float()
    assert torch.equal(drawings.unpack(drawings.pack(x)), x) and len(drawings.pack(x)) == 132


@pytest.mark.parametrize("text", ["", "AAAA", "A" * 133, "!" * 132, None, 3, base64.b64encode(b"x" * 99).decode()])
def test_other_text_is_refused(text):
    with pytest.raises(ValueError, match="98 bytes in base 64, got"):
        drawings.unpack(text)


def test_what_is_no_drawing_is_refused():
    with pytest.raises(ValueError, match=r"shape \(784,\).*got shape \(28, 28\)"):
        drawings.pack(torch.zeros(28, 28))
    with pytest.raises(ValueError, match="values 0 and 1"):
        drawings.pack(torch.full((784,), 0.5))
    with pytest.raises(ValueError, match="got list"):
        drawings.pack([0.0] * 784)
    with pytest.raises(ValueError, match=r"one of stroke 0, .*scribble, got 'cat'"):
        drawings.read("cat")
