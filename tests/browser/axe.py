"""axe-core's rules, the experimental ones too, in the release that package-lock.json pins."""

from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# One rule reads the style sheets by writing them into the page, which the policy refuses: test_accessibility.py asks it of the files.
OF_THE_FILES = "css-orientation-lock"
RUN = f"""(where) => axe.run(where ?? document, {{
  rules: Object.fromEntries(axe.getRules(['experimental']).map(({{ruleId}}) => [ruleId, {{enabled: ruleId !== '{OF_THE_FILES}'}}])),
  preload: false, resultTypes: ['violations'],
}})"""
RUN += """.then(({violations}) => violations.map(({id, help, nodes}) => `${id}: ${help}: ${
  nodes.slice(0, 3).map(n => `${n.target} ${n.any.concat(n.all, n.none).map(c => c.message).join('; ')}`).join(' | ')}`))"""


def wanted():
    """Leaves the test out where there is no axe-core."""
    if not FILE.is_file():
        pytest.skip("axe-core is not installed: run npm ci (Debian: apt-get install nodejs npm) to check the pages' accessibility rules")


def faults(page, where=None):
    """What axe finds on the page, or in the element that a selector names, as sentences."""
    wanted()
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(FILE.read_text(encoding="utf-8"))
    return page.evaluate(RUN, where)
