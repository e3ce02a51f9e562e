"""What the tests ask of axe: everything of each shape of page, and contrast of each kind of element once."""

from playwright.sync_api import Page

from tests.support.browser import accessibility_problems

PAGE = """<!doctype html><html lang="en"><head><title>Words</title><style>.pale, .aside p { color: #ccc }</style></head>
<body><main><h1>Words</h1><p>Dark</p>%s</main></body></html>"""


def test_an_element_too_pale_is_found_wherever_something_else_of_its_name_was_good(page: Page):
    page.set_content(PAGE % "")
    assert accessibility_problems(page) == []

    for pale in (
        '<p class="pale">Pale</p>',
        '<div class="aside"><p>Pale</p></div>',
        '<p hidden>Dark</p><p class="pale">Pale</p>',
    ):
        page.set_content(PAGE % pale)
        [problem] = accessibility_problems(page)
        assert problem.startswith("color-contrast: "), problem
        assert "Pale" in problem


def test_what_was_hidden_is_looked_at_once_it_is_seen(page: Page):
    page.set_content(PAGE % '<p class="pale" hidden>Pale</p>')
    assert accessibility_problems(page) == []

    page.set_content(PAGE % '<p class="pale">Pale</p>')
    assert len(accessibility_problems(page)) == 1
