"""The engine in the page against torch in float64, on the same stored files and on inputs drawn anew for each run."""

import base64

import pytest
import torch

from vaelib import DiagonalGaussian, elbo, kl_to_standard_normal, pretrained
from vaelib.likelihoods import Bernoulli
from vaelib.widgets import LatentExplorer

MODELS = ("digits8-2d", "digits8-2d-ae", "digits8-8d", "mnist-2d")
TOLERANCE = 1e-5  # times max(1, |value|), as promised in the design

CALL = """async ({encoder, decoder, x, z, noise, batch}) => {
  const [{encoder: makeEncoder, decoder: makeDecoder}, elbo] = await Promise.all([import('/js/engine/network.mjs'), import('/js/engine/densities.mjs')]);
  const bytes = (text) => Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer;
  const enc = makeEncoder(bytes(encoder)), dec = makeDecoder(bytes(decoder));
  const {mean, log_var} = enc.encode(Float64Array.from(x), batch);
  const copy = (a) => Array.from(a);
  const codes = {mean: copy(mean), log_var: copy(log_var)};
  const logits = copy(dec.decode(Float64Array.from(z), batch));
  const latent = z.length / batch, pixels = x.length / batch, terms = [];
  for (let i = 0; i < batch; i += 1) {
    const part = (a, n) => Float64Array.from(a.slice(i * n, (i + 1) * n));
    terms.push(elbo.elbo(part(x, pixels), part(codes.mean, latent), part(codes.log_var, latent), Float64Array.from(noise), {decode: dec.decode}));
  }
  return {...codes, logits, terms};
}"""


def close(page, torch_values):
    ours = torch.tensor(page, dtype=torch.float64).reshape(torch_values.shape)
    worst = ((ours - torch_values).abs() / torch_values.abs().clamp(min=1)).max().item()
    assert worst < TOLERANCE, f"worst relative difference {worst:.2e}"


@pytest.mark.parametrize("name", MODELS)
def test_encode_decode_and_elbo_agree_with_torch(open_page, name):
    page, _ = open_page("book/index.html")
    seed = 20260105
    generator = torch.Generator().manual_seed(seed)
    model = pretrained.load(name).double()
    batch, samples = 7, 5
    x = torch.bernoulli(torch.full((batch, model.pixels), 0.3, dtype=torch.float64), generator=generator)
    z = 2 * torch.randn(batch, model.latent_dim, generator=generator, dtype=torch.float64)
    noise = torch.randn(samples, model.latent_dim, generator=generator, dtype=torch.float64)
    weights = {part: base64.b64encode(pretrained.file_path(name, part).read_bytes()).decode() for part in ("encoder", "decoder")}
    inputs = {"x": x.flatten().tolist(), "z": z.flatten().tolist(), "noise": noise.flatten().tolist(), "batch": batch}
    result = page.evaluate(CALL, weights | inputs)

    mean, log_var = model.encode(x)
    close(result["mean"], mean)
    close(result["log_var"], log_var)
    close(result["logits"], model.decode(z))
    same_noise = noise[:, None].expand(samples, batch, model.latent_dim)
    terms = elbo(x, DiagonalGaussian(mean, log_var), same_noise, decode=model.decode, likelihood=Bernoulli())
    close([t["log_likelihood"] for t in result["terms"]], terms.log_likelihood)
    close([t["kl"] for t in result["terms"]], terms.kl)
    close([t["kl"] for t in result["terms"]], kl_to_standard_normal(mean, log_var))


def test_the_numbers_shown_for_an_input_are_torchs(open_widget):
    """Choose a pen-stroke 8 in the page; the KL and the ELBO that the page prints are torch's on the same pixels and noise."""
    page, _ = open_widget(LatentExplorer("mnist-2d"))
    widget = page.locator("[data-vaelib-widget=latent_explorer]")
    pixels = page.evaluate("import('/js/engine/strokes.mjs').then(m => Array.from(m.renderStroke(8)))")
    x = (torch.tensor(pixels, dtype=torch.float64) >= 0.5).double()[None]
    assert 40 < x.sum() < 300
    draws = page.evaluate("import('/js/engine/random.mjs').then(m => Array.from(m.normals(2 * 64, 7)))")
    noise = torch.tensor(draws, dtype=torch.float64).reshape(64, 1, 2)
    model = pretrained.load("mnist-2d").double()
    terms = elbo(x, model.encode(x), noise, decode=model.decode, likelihood=Bernoulli())
    widget.get_by_role("button", name="8", exact=True).click()
    table = widget.locator("dl")
    table.wait_for()
    shown = [f"{value.item():.1f} nats".replace("-", "\u2212") for value in (terms.log_likelihood, terms.kl, terms.total)]
    for number in shown:
        table.get_by_text(number, exact=True).first.wait_for(timeout=5000)
