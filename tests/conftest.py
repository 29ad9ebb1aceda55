"""What several test files share: one thread, the real MNIST where it is, and the browser."""

import os
import shutil

import pytest
import torch

torch.set_num_threads(1)


def pytest_collection_modifyitems(items):
    if not os.environ.get("VAELIB_DATA_DIR"):
        skip = pytest.mark.skip(reason="set VAELIB_DATA_DIR to a folder with the four MNIST files")
        for item in items:
            if item.get_closest_marker("mnist"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def chromium_path():
    """Where Chromium is. Without one the test is skipped on a reader's machine and fails in CI."""
    path = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    if path is None:
        message = "no Chromium here: install it (Debian: apt-get install chromium) to run the browser tests"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
