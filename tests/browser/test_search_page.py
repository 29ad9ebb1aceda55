"""The search finds sections by everyday words and both spellings, quotes prose, and its links mark what was found."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from axe import faults
from test_progress import complaints
from waiting import eventually, start_widgets

SITE = Path(__file__).parents[2] / "_build" / "html"
# A question, and where its answer stands: one of the first three hits leads there.
QUESTIONS = {
    "blurry": "02_generative_story.html#why-the-pictures-look-smooth",
    "why are samples blurry?": "02_generative_story.html#why-the-pictures-look-smooth",
    "overfitting": "07_training.html#reading-the-curves",
    "posterior collapse": "09_collapse.html",
    "KL vanishing": "07_symptoms.html#the-kl-is-0",
    "mode collapse": "04_divergences.html#so-why-the-reverse-kl",
    "reconstruction loss": "07_training.html#from-the-elbo-to-a-loss",
    "MSE or BCE": "07_your_loss.html#one-number-decides",
    "ELBO": "04_elbo.html",
    "reparametrisation": "06_reparameterization.html",
    "greys": "07_your_loss.html#cross-entropy-on-greys",
    "grays": "07_your_loss.html#cross-entropy-on-greys",
    "importance sampling": "03_draws.html#look-where-x-is-explained",
    "interpolation": "08_latent_space.html#from-one-digit-to-another",
    "auto-encoder": "02_pixels.html#an-autoencoder-with-the-same-weights",
}
ALL = """async (questions) => {
  const { finder, quote } = await import('/_static/finder.mjs');
  const find = finder(await (await fetch('/search.json')).json());
  return questions.map((one) => find(one).slice(0, 12).map((hit) => [`${hit.address.split('/').pop()}${hit.anchor && '#'}${hit.anchor}`, quote(hit.text, one)]));
}"""


def test_everyday_words_and_both_spellings_find_their_place_and_quote_prose(new_page, site):
    page, watch = new_page()
    page.goto(f"{site}/search.html")
    found = page.evaluate(ALL, list(QUESTIONS))
    for (question, place), hits in zip(QUESTIONS.items(), found, strict=True):
        assert place in [address for address, _ in hits[:3]], f"{question}: {hits[:3]}"
        for _, told in hits:
            assert not re.search(r"\\|\$|```|import |def |assert |\beq-\w|[{}]", told), f"{question}: code or TeX in {told!r}"
    assert complaints(watch) == []


def test_every_place_that_the_search_knows_is_there():
    index = json.loads((SITE / "search.json").read_text(encoding="utf-8"))
    texts = {}
    for page, anchor, title, _, _ in index["sections"]:
        address = index["pages"][page][0]
        text = texts.setdefault(address, (SITE / address).read_text(encoding="utf-8"))
        assert title and (not anchor or f'id="{anchor}"' in text), f"{address}#{anchor}"
    named = {index["pages"][page][0] for page, *_ in index["sections"]}
    assert {f"notebooks/{path.stem}.html" for path in (SITE.parents[1] / "notebooks").glob("*.ipynb")} <= named


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_hit_leads_to_its_section_and_marks_it(new_page, site, width, scheme):
    page, watch = new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.goto(f"{site}/search.html?q={quote('aggregate posterior holes')}")
    hit = page.locator("#search-results li a").first
    hit.wait_for()
    assert page.locator("#search-results mark").count() and faults(page) == []
    address = hit.get_attribute("href")
    hit.click()
    section = page.locator(".was-found")
    section.wait_for()
    start_widgets(page)
    page.evaluate("document.querySelector('.was-found').scrollIntoView({behavior: 'instant'})")
    anchor = address.partition("#")[2]
    assert section.get_attribute("id") == anchor and page.url.endswith(f".html#{anchor}"), "the address is that of the section"
    words = {one.lower() for one in section.locator("mark.found").all_inner_texts()}
    assert words & {"aggregate", "posterior", "posteriors", "hole", "holes"}
    assert page.locator("mark.found").count() == section.locator("mark.found").count()
    assert section.locator("pre mark, .katex mark").count() == 0 and faults(page) == []
    told = section.inner_text()
    page.keyboard.press("Escape")
    assert page.locator("mark.found, .was-found").count() == 0 and told == page.locator(f"#{anchor}").inner_text()
    assert complaints(watch) == []


def test_what_is_not_there_is_said_and_nothing_is_run(new_page, site):
    page, watch = new_page()
    page.goto(f"{site}/search.html?q={quote('<zqimg zqsrc=zqx zqonerror=zqalert()>')}")
    said = page.locator("#search-results").get_by_role("status")
    eventually(said.inner_text, lambda words: "Nothing in the book" in words and "<zqimg" in words)
    page.goto(f"{site}/search.html")
    assert page.locator("#search-results").inner_text() == "" and page.locator(".bd-search-container input").evaluate(
        "el => el === document.activeElement"
    )
    page.goto(f"{site}/notebooks/04_kl.html?find=%3Cb%3Eposterior%3C/b%3E%20%5C%20((")
    page.locator("mark.found").first.wait_for()
    assert complaints(watch) == []


def test_all_hits_are_shown_when_asked_for(new_page, site):
    page, _ = new_page()
    page.goto(f"{site}/search.html?q=latent")
    hits = page.locator("#search-results li")
    eventually(hits.count, lambda count: count == 12)
    page.get_by_role("button", name="Show all").click()
    assert hits.count() > 12 and hits.nth(12).locator("a").evaluate("el => el === document.activeElement")
