"""The short step of Adam is torch's own, to the bit, also where a weight's gradient comes and goes."""

import torch
from torch import nn

from vaelib.training import adam


def trained(step_of):
    layers = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))
    start = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in layers.parameters():
            weight.copy_(torch.randn(weight.shape, generator=start))
    optimizer = torch.optim.Adam(layers.parameters(), lr=1.0, fused=True)
    step, draw, path = step_of(optimizer), torch.Generator().manual_seed(1), []
    for number in range(12):
        if number == 8:  # a run goes on from the moments of the former
            step = step_of(optimizer)
        layers(torch.randn(4, 3, generator=draw)).square().sum().backward()
        if number in (0, 5):
            layers[0].bias.grad = None
        step(0.1 / (1 + number))
        layers.zero_grad()
        path.append([weight.detach().clone() for weight in layers.parameters()])
    moments = [optimizer.state[weight][kind] for weight in layers.parameters() for kind in ("step", "exp_avg", "exp_avg_sq")]
    return path, moments


def plain(optimizer):
    def step(rate):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()

    return step


def test_the_short_step_is_the_optimizers_own():
    ours, theirs = trained(adam.stepping), trained(plain)
    assert all(torch.equal(a, b) for one, other in zip(ours[0], theirs[0], strict=True) for a, b in zip(one, other, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(ours[1], theirs[1], strict=True))
    assert [count.item() for count in ours[1][::3]] == [12, 10, 12, 12]
    assert not torch.equal(ours[0][0][0], ours[0][1][0])
