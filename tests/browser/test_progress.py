"""How far a reader is: on the page, on the front page's cards, on the page of one's answers; the device remembers, and forgets when told."""

import json
import re

import pytest
from axe import faults
from test_host import NO_STORAGE
from waiting import eventually, settle, start_widgets

PAGE = "notebooks/04_elbo.html"
NAME = PAGE.rpartition("/")[2]
FRONT = "book/index.html"
HEADINGS = "[...document.querySelectorAll('.bd-article h2')].map(one => one.firstChild.textContent.trim())"


def complaints(watch):
    """What went wrong, apart from what was still on its way when the page was left."""
    return [error for error in watch.errors if "ERR_ABORTED" not in error]


def kept(page, name):
    return json.loads(page.evaluate("name => localStorage.getItem('vae-book:' + name)", name) or "null")


def seeded(new_page, site, path, answers, **options):
    """A page that is opened on a device that remembers these answers: {key: (answer, right, reason)}."""
    page, watch = new_page(**options)
    stored = {
        key: {"answer": text, "right": ok, "reason": why, "asked": "the words kept", "page": "A"}
        for key, (text, ok, why) in answers.items()
    }
    page.goto(f"{site}/404.html")
    page.evaluate("answers => localStorage.setItem('vae-book:answers', answers)", json.dumps(stored))
    page.goto(f"{site}/{path}", wait_until="load")
    return page, watch


def read_to(page, number):
    page.evaluate("number => document.querySelectorAll('.bd-article h2')[number - 1].scrollIntoView({behavior: 'instant'})", number)
    settle(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_head_names_the_section_that_is_read_and_moves_nothing(open_page, width):
    page, watch = open_page(PAGE, viewport={"width": width, "height": 844})
    names = page.evaluate(HEADINGS)
    where, tall = page.locator(".where"), page.evaluate("document.documentElement.scrollHeight")
    page.evaluate("scrollTo(0, 0)")
    settle(page)
    assert where.locator(".where-section").inner_text() == ""
    for number in (1, 3, len(names)):
        read_to(page, number)
        eventually(where.inner_text, lambda words, n=number: words.startswith(f"{n} of {len(names)} {names[n - 1]}"))
        heading = page.locator(".bd-article h2").nth(number - 1).bounding_box()
        bar = where.bounding_box()
        assert bar["height"] < 34 and (bar["y"] + bar["height"] <= heading["y"] + 1 or number == len(names)), "the heading is not covered"
    assert page.evaluate("document.documentElement.scrollHeight") == tall
    assert kept(page, "read")[NAME] == {"seen": len(names), "of": len(names)} and kept(page, "last")["section"] == names[-1]
    assert complaints(watch) == []


def test_an_exercise_that_is_right_is_counted_and_marked(open_page):
    page, _ = open_page("notebooks/03_draws.html")
    done, boxes = page.locator(".where-done"), page.locator("[data-exercise]")
    total = page.locator("[data-exercise]:has([data-vaelib-widget=answer_check])").count()
    assert done.inner_text() == f"0 of {total} exercise{'s' if total > 1 else ''}"
    choice = boxes.first.locator("button[aria-pressed]")
    for button in choice.all():
        button.click()
        if boxes.first.locator("[data-answer=right]").count():
            break
    if not choice.count():
        state = json.loads(boxes.first.locator("[data-vaelib-state]").get_attribute("data-vaelib-state"))
        boxes.first.locator("input").fill(str(state["expected"]))
        boxes.first.get_by_role("button", name="Check").click()
    settle(page)
    assert done.inner_text().startswith("1 of ") and boxes.first.locator(".exercise-head").inner_text().endswith("right")
    page.reload()
    eventually(done.inner_text, lambda words: words.startswith("1 of "))
    page.emulate_media(media="print")
    assert not page.locator(".where").is_visible()


def test_the_front_page_says_what_was_read_and_goes_on_there_until_it_is_forgotten(new_page, site):
    page, watch = seeded(new_page, site, PAGE, {f"{NAME}#1": ("1", True, "so"), f"{NAME}#2": ("2", False, "")})
    read_to(page, 3)
    eventually(lambda: kept(page, "read")[NAME]["seen"], lambda seen: seen == 3)
    names = page.evaluate(HEADINGS)
    page.goto(f"{site}/{FRONT}", wait_until="load")
    card = page.locator(f"a.page-card[data-page='{NAME}']")
    fields = len([n for n in json.loads(card.get_attribute("data-fields")) if n])
    assert f"3 of {len(names)} sections read, 1 of {fields} exercises right" in card.inner_text()
    assert page.locator(".card-far").count() == 1
    box = page.locator(".progress-box")
    assert re.search(r"^1 of \d+ pages opened, 1 of \d+ exercises right\.", box.inner_text())
    assert faults(page) == []
    box.get_by_role("link", name=names[2]).click()
    page.wait_for_url(re.compile(f"{NAME}#."))
    page.go_back()
    box.locator("summary").click()
    box.get_by_role("button", name="Forget").click()
    assert not box.is_visible() and page.locator(".card-far").count() == 0
    assert page.get_by_role("status").filter(has_text="Forgotten").count() == 1
    assert kept(page, "answers") is kept(page, "read") is kept(page, "last") is None and complaints(watch) == []


def test_a_first_visit_finds_a_front_page_without_progress(new_page, site):
    page, _ = new_page()
    page.goto(f"{site}/{FRONT}", wait_until="load")
    assert not page.locator(".progress-box").is_visible() and page.locator(".card-far").count() == 0


def test_where_storage_is_refused_or_damaged_the_page_counts_all_the_same(new_page, site):
    page, watch = new_page()
    page.add_init_script(NO_STORAGE)
    page.goto(f"{site}/{PAGE}", wait_until="load")
    read_to(page, 2)
    eventually(page.locator(".where").inner_text, lambda words: words.startswith("2 of ") and "0 of " in words)
    for path in (FRONT, "answers.html"):
        page.goto(f"{site}/{path}", wait_until="load")
    assert "There is no answer yet" in page.locator(".my-answers").inner_text()
    assert complaints(watch) == []
    page, watch = new_page()
    page.add_init_script("for (const name of ['answers', 'read', 'last']) localStorage.setItem('vae-book:' + name, '[7, \"x\"')")
    for path in (PAGE, FRONT, "answers.html"):
        page.goto(f"{site}/{path}", wait_until="load")
    assert complaints(watch) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_answers_stand_on_one_page_with_question_verdict_and_reason(new_page, site, scheme):
    answers = {f"{NAME}#3": ("0,56", False, ""), f"{NAME}#1": ("0.08", True, "It is the ratio."), "gone.html#1": ("9", True, "")}
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": scheme}
    page, watch = seeded(new_page, site, "answers.html", answers, **phone)
    page.locator(".my-exercise").nth(1).wait_for()
    assert page.locator(".my-sum").inner_text().startswith("2 answers, 1 right.")
    first, second = (one.inner_text() for one in page.locator(".my-exercise").all())
    assert first.startswith("Exercise 1") and "My answer: 0.08 right" in first and first.endswith("It is the ratio.")
    assert "My answer: 0,56 not right yet" in second and "the words kept" not in first + second
    page.goto(f"{site}/{PAGE}", wait_until="load")
    start_widgets(page)
    box = page.locator("#exercise-3")
    for words in box.locator(":scope > p:not(.exercise-head)").all_inner_texts():
        assert words in second, "the question is asked as its page asks it, formulas too"
    page.go_back()
    page.locator(".my-exercise").nth(1).wait_for()
    assert faults(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= 390
    page.emulate_media(media="print")
    assert page.locator(".my-answer").first.is_visible() and not page.get_by_role("button", name="Print this page").is_visible()
    assert complaints(watch) == []


def test_the_answers_are_listed_without_the_pages_that_asked_them(new_page, site):
    page, _ = new_page()
    page.route(f"**/{PAGE}", lambda route: route.abort())
    page.add_init_script(
        f'localStorage.setItem(\'vae-book:answers\', \'{{"{NAME}#1": {{"answer": "1", "right": false, "asked": "the words kept"}}}}\')'
    )
    page.goto(f"{site}/answers.html")
    page.locator(".my-exercise").wait_for()
    assert "the words kept" in page.locator(".my-exercise").inner_text()
