"""Layers whose first weights come from a generator, so that building a model leaves torch's own generators alone.

The law is torch's default: every weight and bias uniform within 1 / sqrt(inputs of a unit). A seed gives the weights that
torch.manual_seed and the plain constructor would give. Under `torch.device("meta")` a layer has shapes and no weights.
"""

import math
from typing import TypeVar

import torch
from torch import Generator, nn

Layer = TypeVar("Layer", nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


def linear(inputs: int, outputs: int, generator: Generator) -> nn.Linear:
    """A dense layer."""
    return _started(nn.Linear(inputs, outputs, device="meta"), inputs, generator)


def conv(inputs: int, outputs: int, generator: Generator) -> nn.Conv2d:
    """A convolution that halves the side of an image: kernel 4, stride 2, padding 1."""
    return _started(nn.Conv2d(inputs, outputs, 4, stride=2, padding=1, device="meta"), inputs * 16, generator)


def conv_transpose(inputs: int, outputs: int, generator: Generator) -> nn.ConvTranspose2d:
    """A transposed convolution that doubles the side of an image: kernel 4, stride 2, padding 1."""
    return _started(nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1, device="meta"), outputs * 16, generator)


def _started(layer: Layer, fan_in: int, generator: Generator) -> Layer:
    if torch.get_default_device().type == "meta":
        return layer
    layer = layer.to_empty(device=generator.device)
    bound = 1 / math.sqrt(fan_in)
    nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
    if layer.bias is not None:
        nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    return layer
