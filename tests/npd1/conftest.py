"""A page for the verifier in JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.npd1 import in_page


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """An empty page that holds the second verifier alone."""
    opened = browser.new_page()
    opened.add_script_tag(path=str(in_page.SCRIPT))
    yield opened
    opened.close()
