"""What the search is given of a page: prose and plain formulas, no code; and words that lead to a section, or a build that fails."""

import json
import re
import sys
from pathlib import Path

import pytest
from docutils import nodes
from sphinx.errors import ExtensionError

from small_books import build
from test_moved import small_book

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from vaebook import search  # noqa: E402

TEXT = """# A book

Of *ELBO* and `mean`.

## Stays

The bound on $\\log p_\\theta(x \\mid z)$ is $\\frac{1}{2}$ here.

```python
secret = 1
```

$$
\\mathrm{hidden}^2
$$

### Deeper

More of it.
"""


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"q", "q"),
        (r"\log p_\theta(x \mid z)", "log pθ(x | z)"),
        (r"\mathrm{KL}(q \parallel p)", "KL(q ‖ p)"),
        (r"z = \mu + \sigma\varepsilon", "z = μ + σε"),
        (r"\frac{1}{2}", "…"),
        (r"\sum_{i=1}^n x_i", "…"),
    ],
)
def test_a_short_formula_is_told_in_letters_and_a_long_one_in_dots(tex, words):
    assert search.plain(tex) == words


def test_a_section_gives_its_own_prose_and_leaves_code_and_its_subsections_out(tmp_path):
    small_book(tmp_path, "{}\n")
    (tmp_path / "book" / "index.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / search.FILE).write_text(
        "book/index#stays: [everyday]\nbook/glossary#term-nat: [bit]\nbook/index: [opening]\n", encoding="utf-8"
    )
    done = build(tmp_path)
    assert done.status == 0, done.log[-2000:]
    index = json.loads((tmp_path / "_build" / "html" / search.SERVED).read_text(encoding="utf-8"))
    mine = {(index["pages"][page][0], anchor): rest for page, anchor, *rest in index["sections"]}
    assert mine["book/index.html", ""] == ["A book", "opening", "Of ELBO and mean."]
    assert mine["book/index.html", "stays"] == ["Stays", "everyday", "The bound on log pθ(x | z) is … here."]
    assert mine["book/index.html", "deeper"] == ["Deeper", "", "More of it."]
    assert mine["book/glossary.html", "term-nat"] == ["nat", "bit", "A unit."] and "A unit" not in mine["book/glossary.html", ""][2]
    page = (tmp_path / "_build" / "html" / "book" / "index.html").read_text(encoding="utf-8")
    assert not re.search("searchtools|searchindex|language_data", page)
    (tmp_path / search.FILE).write_text("book/index#gone: [everyday]\n", encoding="utf-8")
    done = build(tmp_path)
    assert done.status and "leads to book/index#gone, which is no section" in done.log


@pytest.mark.parametrize("text", ["- a list", "book/index: words", "book/index: [1, 2]", "x"])
def test_words_that_are_no_such_list_are_refused(tmp_path, text):
    (tmp_path / "book").mkdir()
    (tmp_path / search.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ExtensionError, match="must map each place"):
        search.read_words(tmp_path)


def test_a_solution_is_not_told():
    solution = nodes.paragraph("", "It is 4.")
    from vaebook.folds import fold

    assert (
        search.words_of(nodes.section("", fold("", solution, name="Solution", kind="solution"), nodes.paragraph("", "Ask."))).strip()
        == "Ask."
    )
