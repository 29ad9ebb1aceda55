"""What several test files share: one thread, the real MNIST where it is, the browsers, and what one worker of two must do alone."""

import os
import shutil

import pytest
import torch

torch.set_num_threads(1)

HEAVY = {"module", "class", "package"}  # scopes of a fixture that is made once for several tests: a second worker would make it again


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("mnist") and not os.environ.get("VAELIB_DATA_DIR"):
            item.add_marker(pytest.mark.skip(reason="set VAELIB_DATA_DIR to a folder with the four MNIST files"))
        if item.get_closest_marker("xdist_group") is None:
            fixtures = getattr(item, "_fixtureinfo", None)
            shared = [one for found in (fixtures.name2fixturedefs.values() if fixtures else ()) for one in found if one.scope in HEAVY]
            if shared:
                item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI a test that finds its browser, Node or checker missing has failed: only the real MNIST may be absent there."""
    report = yield
    if report.skipped and os.environ.get("CI") and not item.get_closest_marker("mnist"):
        report.outcome, report.longrepr = "failed", f"not run, which CI does not allow: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter):
    """What was left out stands at the end, in so many words."""
    reasons = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons.setdefault(reason, []).append(report)
    for reason, reports in sorted(reasons.items()):
        terminalreporter.write_line(f"NOT RUN: {len(reports)} tests: {reason}")


def found(names, advice):
    path = next((path for path in map(shutil.which, names) if path), None)
    if path is None:
        pytest.skip(advice)
    return path


@pytest.fixture(scope="session")
def chromium_path():
    names = ("chromium", "chromium-browser", "google-chrome")
    return found(names, "no Chromium here: install it (Debian: apt-get install chromium) to run the browser tests")


@pytest.fixture(scope="session")
def firefox_path():
    return found(("firefox-esr", "firefox"), "no Firefox here: install it (Debian: apt-get install firefox-esr) to try the figures in it")
