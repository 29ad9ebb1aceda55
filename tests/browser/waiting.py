"""Waiting as long as the page takes, however slow the machine: never for a time that was guessed here."""

import time

import pytest

# Brings each widget into view and waits for the host: it marks a widget as busy while it starts, and then shows its canvas or field.
# A part that is still computing is marked as busy as well.
START = """async (patience) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const live = (el) => [...el.querySelectorAll('canvas, input, .vaelib-exercise button')].some((one) => one.checkVisibility({visibilityProperty: true}));
  const end = performance.now() + patience;
  for (const el of document.querySelectorAll('[data-vaelib-widget]')) {
    el.scrollIntoView({block: 'center', behavior: 'instant'});
    while (el.hasAttribute('aria-busy') || el.querySelector('[aria-busy=true]') || !(live(el) || 'vaelibFailed' in el.dataset)) {
      if (performance.now() > end) return `${el.dataset.vaelibWidget} did not start within ${patience} ms: ${el.innerText}`;
      await frame();
    }
  }
  await document.fonts.ready;
  return null;
}"""


def start_widgets(page, patience=20_000):
    """Until every widget of the page is live, or stays a picture and says so, and the fonts are there."""
    complaint = page.evaluate(START, patience)
    assert complaint is None, complaint
    settle(page)


def settle(page):
    """Until the page has painted what it was asked for before."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def rest(page, milliseconds):
    """So long by the page's own clock, after a frame: a shorter timer of the page, set before, has run."""
    settle(page)
    page.evaluate("pause => new Promise(done => setTimeout(done, pause))", milliseconds)


def eventually(read, wanted=bool, seconds=30):
    """What `read()` gives once `wanted` agrees to it."""
    end = time.monotonic() + seconds
    while True:
        value = read()
        if wanted(value):
            return value
        if time.monotonic() > end:
            pytest.fail(f"it stayed {value!r:.300}")
        time.sleep(0.1)
