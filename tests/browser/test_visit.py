"""Every page in a real browser with the network cut, opened once by light on a laptop and once in the dark on a phone.

visits.py says what is asked there; a visit reports all faults of its page.
"""

import json

import axe
import pytest
import visits
from visits import LAPTOP, PAGES, PHONE, SITE, visit_on_a_laptop, visit_on_a_phone

from conftest import Book


@pytest.mark.parametrize("path", PAGES)
def test_a_page_on_a_laptop_has_no_fault(new_page, path, capsys):
    found, weight = visit_on_a_laptop(*new_page(**LAPTOP), path)
    with capsys.disabled():
        print(f"\n{weight}", end=" ")
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize("path", PAGES)
def test_a_page_on_a_phone_in_the_dark_has_no_fault(new_page, path):
    found = visit_on_a_phone(*new_page(**PHONE), path)
    assert not found, "\n".join(["", *found])


def test_the_rules_of_axe_are_asked_in_the_release_that_is_pinned():
    axe.wanted()
    wanted = json.loads((SITE.parents[1] / "package-lock.json").read_text(encoding="utf-8"))["packages"]["node_modules/axe-core"]["version"]
    assert axe.FILE.read_text(encoding="utf-8").startswith(f"/*! axe v{wanted}\n")


# A visit of a page broken on purpose: what is written into a page of the book, and what the visit must say of it.
POLICY = '<meta http-equiv="Content-Security-Policy"'
END = "</article>"


def pale(width):
    name = width[:3]
    rule = f".{name} {{ display: none }} @media ({width}) {{ .{name} {{ display: block }} }}"
    return f'<style>{rule}</style><p class="{name}"><span style="color: #999; background: #fff">pale</span></p>'


BLANK = "data:text/javascript,export default { render({ el }) { el.append(document.createElement('canvas')); } }"
BREAKS = {
    "a foreign request": (END, '<img alt="" src="https://stranger.example/a.png">', "a stranger was asked: https://stranger.example/a.png"),
    "an error on the console": (END, "<script>console.error('broken on purpose')</script>", "complains: broken on purpose"),
    "an error of a script": (END, "<script>setTimeout(() => { throw Error('thrown so') })</script>", "complains: thrown so"),
    "a missing file": (END, '<img alt="" src="gone.png">', "gone.png: 404"),
    "a broken picture": (END, '<img alt="" src="data:image/png;base64,AA==">', "a broken picture: data:image/png"),
    "an overflow": ("</main>", '<div style="width: 2000px; height: 1px">x</div>', "at 1280 pixels the page is wider"),
    "a field without a label": (END, "<input>", "pixels: label:"),
    "a label unlike its words": (END, '<button aria-label="Post">Send it</button>', "pixels: label-content-name-mismatch"),
    "pale words": (END, '<p style="color: #999; background: #fff">pale</p>', "pixels: color-contrast"),
    "pale words on a narrow page": (END, pale("max-width: 500px"), "axe at 390 pixels: color-contrast"),
    "pale words on a wide page": (END, pale("min-width: 1000px"), "axe at 1280 pixels: color-contrast"),
    "a focus that is not seen": (END, '<button style="outline: none !important">bare</button>', "the focus cannot be seen: BUTTON 'bare'"),
    "a stop without a name": (END, '<span tabindex="0"></span>', "the focus is on something without a name: SPAN"),
    "motion": (END, '<p style="transition: color 2s !important">x</p>', "moves although the reader wants no motion"),
    "an empty canvas": (END, f'<div data-vaelib-widget="blank" data-vaelib-module="{BLANK}"></div>', "blank: a canvas is empty"),
    "a figure that failed": (END, '<div data-vaelib-widget="lost" data-vaelib-failed>It stays.</div>', "lost did not start: It stays."),
}  # fmt: skip
SERVED = [f"/_static/vaelib/{path.name}" for path in (SITE / "_static" / "vaelib").iterdir()]
FETCH_ALL = f"<script>for (const one of {SERVED}) fetch(one);</script>"
ON_A_LAPTOP = BREAKS | {
    "no way on": ('class="prev-next-area"', 'class="nowhere"', "0 ways to turn the page"),
    "an encoder too soon": (END, FETCH_ALL, "an encoder does not wait"),
    "too heavy": (END, "", "kB when opened, more than 620"),
    "a key without its colour": (
        END,
        '<div data-vaelib-widget="key"><canvas></canvas><span style="display: inline-block; width: 9px; height: 9px" class="swatch">'
        '</span><button aria-pressed="true">on</button><button aria-pressed="false">off</button></div>',
        "forced_colours: a box loses its meaning: swatch",
    ),
}
ON_A_LAPTOP |= {"a choice that cannot be told": (END, "", "forced_colours: the pressed button looks like the others: on")}
ON_A_PHONE = BREAKS | {
    "a note that is cut off": (END, "<style>[role=tooltip] { left: 200px !important; width: 300px !important; }</style>", "is cut off"),
}


def broken(breaks, name):
    """The address of a page that holds all these faults, and none of the policy that would keep some of them away."""
    page = (SITE / "book" / "index.html").read_text(encoding="utf-8").replace(POLICY, "<meta name='x'", 1)
    for where, fault, _ in breaks.values():
        assert where in page
        page = page.replace(where, fault + where if where.startswith("</") else fault, 1)
    Book.lone[f"/book/{name}"] = page
    return f"book/{name}"


@pytest.mark.parametrize("breaks", [ON_A_LAPTOP, ON_A_PHONE], ids=["laptop", "phone"])
def test_a_visit_reports_every_fault_of_a_page_and_not_the_first(new_page, breaks):
    phone = breaks is ON_A_PHONE
    path = broken(breaks, f"broken-{'phone' if phone else 'laptop'}.html")
    if phone:
        found = visit_on_a_phone(*new_page(**PHONE), path)
    else:
        found, _ = visit_on_a_laptop(*new_page(**LAPTOP), path)
    report = "\n".join(found)
    missed = [name for name, (_, _, words) in breaks.items() if words not in report]
    assert not missed, f"not reported: {missed} in\n{report}"


def test_a_question_that_cannot_be_asked_is_a_fault_and_stops_no_other(new_page):
    def impossible(page, **_):
        yield page.evaluate("nobody.knows")

    page, _ = new_page()
    page.set_content("<img alt='' src='data:image/png;base64,AA=='>")
    page.wait_for_function("document.images[0].complete")
    found = visits.ask([impossible, visits.pictures], page, "")
    assert len(found) == 2 and "nobody is not defined" in found[0] and "broken picture" in found[1]
