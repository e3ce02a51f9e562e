"""The catalogues of the rooms are merged into one, so that a text without context has one French."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from django.utils import translation
from django.utils.translation import gettext, pgettext

SCRIPT = Path(__file__).parents[2] / "scripts" / "translations.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["translations"] = module  # its dataclasses look for it there
    spec.loader.exec_module(module)
    return module


def catalogue(french: str, context: str | None = None) -> Catalog:
    made = Catalog(locale="fr")
    made.add("Clock", french, context=context)
    return made


def test_a_text_that_two_rooms_put_differently_is_refused_unless_a_context_tells_them_apart(script: ModuleType) -> None:
    one = catalogue("Délai")

    [fault] = script.divided({"desks": one, "eoi": catalogue("Échéance")})
    assert all(told in fault for told in ("'Clock'", "desks: 'Délai'", "eoi: 'Échéance'", "context"))
    assert list(script.divided({"desks": one, "eoi": catalogue("Délai")})) == []
    assert list(script.divided({"desks": one, "eoi": catalogue("Échéance", "of a form")})) == []
    both = {"desks": catalogue("Délai", "of a form"), "eoi": catalogue("Échéance", "of a form")}
    assert len(list(script.divided(both))) == 1


def test_no_room_puts_a_text_differently(script: ModuleType) -> None:
    rooms = [path for path in script.SOURCE.iterdir() if (path / "__init__.py").exists()]

    assert list(script.divided({room.name: script.read(script.catalogue_path(room)) for room in rooms})) == []


def test_french_that_no_code_asks_for_any_more_is_told_and_taken_out(script: ModuleType, tmp_path: Path) -> None:
    assert script.absent([(None, "Draw"), (None, "Pool")], [(None, "Draw"), ("places", "Left")]) == (
        [(None, "Pool")], [("places", "Left")],
    )  # fmt: skip
    path = tmp_path / "django.po"
    words = [
        script.Text("", None, "Draw"),
        script.Text("", "places", "Left"),
        script.Text("", None, ("%(n)s draw", "%(n)s draws")),
    ]
    script.append(path, words)

    script.take_out(path, [("places", "Left"), (None, "Pool")])

    assert [script.key_of(message) for message in script.read(path) if message.id] == [words[0].key, words[2].key]


def test_one_apostrophe_is_written_in_the_pages_and_in_the_packs(script: ModuleType) -> None:
    assert [list(script.typography(text)) != [] for text in ("l'avis", "l\u2019avis")] == [False, True]


def test_each_place_has_the_word_it_means() -> None:
    with translation.override("fr"):
        assert [gettext(word) for word in ("Clock", "By", "No file yet")] == [
            "Délai", "Au plus tard le", "Aucun dossier pour l'instant",
        ]  # fmt: skip
        assert (pgettext("who did it", "By"), pgettext("computer file", "No file yet")) == (
            "Par", "Aucun fichier pour l'instant",
        )  # fmt: skip
