"""axe-core's rules, the experimental ones too, in the release that package-lock.json pins."""

from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# One rule reads the style sheets by writing them into the page, which the policy refuses: test_accessibility.py asks it of the files.
OF_THE_FILES = "css-orientation-lock"
LEFT_TO_HANDS = "hidden-content"  # says only that somebody should look, never that something is wrong, and reads the whole page for it
OF_THE_LOOK = ("color-contrast", "target-size", "link-in-text-block")
RUN = f"""([where, only]) => axe.run(where ?? document, {{
  rules: Object.fromEntries(axe.getRules(['experimental']).map(({{ruleId}}) => [ruleId, {{enabled: !['{OF_THE_FILES}', '{LEFT_TO_HANDS}'].includes(ruleId)}}])),
  ...(only ? {{runOnly: only, rules: {{}}}} : {{}}), preload: false, resultTypes: ['violations'],
}})"""
RUN += """.then(({violations}) => violations.map(({id, help, nodes}) => `${id}: ${help}: ${
  nodes.slice(0, 3).map(n => `${n.target} ${n.any.concat(n.all, n.none).map(c => c.message).join('; ')}`).join(' | ')}`))"""
# The elements that show words or can be pressed; and the outermost of those that were not in view when axe last read the page.
SHOWN = (
    "[...document.body.querySelectorAll('*')].filter(el => el.checkVisibility({visibilityProperty: true}) && el.getClientRects().length)"
)
CAME = f"""(() => {{
  const came = new Set({SHOWN}.filter(el => !window.readByAxe.has(el)));
  return [...came].filter(el => !came.has(el.parentElement));
}})()"""


def wanted():
    """Leaves the test out where there is no axe-core."""
    if not FILE.is_file():
        pytest.skip("axe-core is not installed: run npm ci (Debian: apt-get install nodejs npm) to check the pages' accessibility rules")


def load(page):
    wanted()
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(FILE.read_text(encoding="utf-8"))


def faults(page, where=None):
    """What axe finds on the page, or in the element that a selector names, as sentences."""
    load(page)
    page.evaluate(f"() => {{ window.readByAxe = new Set({SHOWN}); }}")
    return page.evaluate(RUN, [where, None])


def faults_of_what_came_to_view(page):
    """What the rules of colour and size find in elements that were out of sight when `faults` read this page."""
    load(page)
    page.evaluate(f"() => {{ for (const el of {CAME}) el.dataset.came = ''; }}")
    if not page.locator("[data-came]").count():
        return []
    found = page.evaluate(RUN, ["[data-came]", list(OF_THE_LOOK)])
    page.evaluate("() => { for (const el of document.querySelectorAll('[data-came]')) delete el.dataset.came; }")
    return found
