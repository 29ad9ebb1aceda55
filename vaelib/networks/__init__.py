"""Networks for the two halves of a VAE: dense layers of any depth, and a small convolutional pair. A model takes any other as well."""

from vaelib.networks.conv import ConvDecoder, ConvEncoder
from vaelib.networks.dense import ACTIVATIONS, Decoder, Encoder

__all__ = ["ACTIVATIONS", "ConvDecoder", "ConvEncoder", "Decoder", "Encoder"]
