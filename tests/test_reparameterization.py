"""The reparameterization bench computes what autodiff computes: its module in the page, and its still picture."""

import json
import math
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from vaelib.widgets import ReparameterizationBench

ROOT = Path(__file__).parents[1]
SETTINGS = [(1.0, -1.0, 1.0), (-3.0, 2.0, -3.0), (0.5, -4.0, 0.25), (2.0, 0.0, 0.0)]


@pytest.mark.parametrize("rule", ["exp(log_var / 2)", "exp(log_var)"])
@pytest.mark.parametrize(("mean", "log_var", "noise"), SETTINGS)
def test_the_bench_and_its_still_picture_have_the_gradients_of_autodiff(mean, log_var, noise, rule):
    parameters = torch.tensor([mean, log_var], dtype=torch.float64, requires_grad=True)
    std = (parameters[1] / 2 if rule == "exp(log_var / 2)" else parameters[1]).exp()
    z = parameters[0] + std * noise
    wanted = torch.autograd.grad(z**2 + z.sin(), parameters)[0]
    one = in_node(f"draw({json.dumps({'mean': mean, 'log_var': log_var, 'noise': noise, 'rule': rule})})")
    torch.testing.assert_close(torch.tensor([one["df_dmean"], one["df_dlog_var"]], dtype=torch.float64), wanted, rtol=1e-12, atol=1e-12)
    alt = ReparameterizationBench(mean=mean, log_var=log_var, noise=noise, std_rule=rule).still().alt
    assert f"df/dmean = {wanted[0]:.2f}, df/dlog_var = {wanted[1] + 0.0:.2f}" in alt


@pytest.mark.parametrize(("mean", "log_var", "noise"), SETTINGS)
def test_the_exact_gradient_on_the_bench_is_autodiff_of_quadrature(mean, log_var, noise):
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    parameters = torch.tensor([mean, log_var], dtype=torch.float64, requires_grad=True)
    z = parameters[0] + (parameters[1] / 2).exp() * torch.tensor(nodes)
    expectation = ((z**2 + z.sin()) * torch.tensor(weights)).sum() / math.sqrt(2 * math.pi)
    wanted = torch.autograd.grad(expectation, parameters)[0]
    exact = in_node(f"exactGradient({mean}, {log_var})")
    torch.testing.assert_close(torch.tensor([exact["mean"], exact["log_var"]], dtype=torch.float64), wanted, rtol=1e-9, atol=1e-9)


def in_node(expression: str) -> dict:
    """The value of an expression in the page's own module."""
    node = shutil.which("node")
    if node is None:
        message = "no node here: install Node 20 or later to compare the page's arithmetic with torch"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    module = (ROOT / "vaelib/widgets/js/widgets/reparameterization/cost.mjs").as_uri()
    code = f"import {{ draw, exactGradient }} from {json.dumps(module)}; console.log(JSON.stringify({expression}))"
    done = subprocess.run([node, "--input-type=module", "-e", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
