"""A pack has words for everything that a program of its shape sends, and its words ask for nothing they are not given."""

import ast
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from ruamel.yaml import YAML

from passerelle.programs import files
from passerelle.programs.rules import kinds
from passerelle.programs.rules.checks import check

ROOT = Path(__file__).resolve().parents[2]
# Sent under a name that is chosen or put together where it is sent.
NOMINATIONS = {f"nomination_{one}" for one in ("extended", "paused", "resumed", "cancelled")}
TOLD = {"invitation_reminder", "invitation_target_passed", "offer_withdrawn", "application_withdrawn", "eoi_receipt"}


def shipped(code: str = "ca-on", version: str = "2024-1") -> dict[str, str]:
    return dict(files.sources(settings.PACKS / code / version))


def told(sources: dict[str, str]) -> list[str]:
    return [f"{one.file}: {one.problem} {one.remedy}" for one in check(sources)]


def kinds_sent() -> Iterator[str]:
    """Every kind of the packs that the rooms' code names when it sends a message or a letter."""
    for path in (ROOT / "src" / "passerelle").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and _sends(call.func):
                first = call.args[0] if call.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and "." not in first.value:
                    yield first.value  # kinds with a dot are a room's own words, not a pack's


def _sends(function: Any) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"tell", "tell_all", "send", "issue_letter", "_issue", "serve", "ended"}


def test_the_list_of_kinds_is_the_one_that_the_code_sends():
    listed = {one.key for one in kinds.KINDS} | set(kinds.ORDERS)

    sent = set(kinds_sent()) | NOMINATIONS | TOLD

    assert sent == listed


@pytest.mark.parametrize("folder", ["packs/ca-nt/2026-1", "packs/ca-on/2024-1", "tests/packs/ca-xx/2026-1"])
def test_the_packs_of_this_repository_have_words_for_all_they_send(folder: str):
    assert told(dict(files.sources(ROOT / folder))) == []


@pytest.mark.parametrize(
    "kind",
    [
        "employer_joined",
        "employer_access",
        "nomination_resumed",
        "decision_made",
        "eoi_changed",
        "refusal",
        "order_made",
    ],
)
def test_a_letter_that_is_missing_is_named_with_its_file_and_its_remedy(kind: str):
    sources = shipped()
    del sources[f"letters/{kind}.yaml"]

    [fault] = told(sources)

    assert fault.startswith(f"letters/{kind}.yaml: The program sends {kind} (")
    assert "Add the file, with" in fault


def test_a_letter_that_nothing_sends_is_named():
    sources = shipped()
    sources["letters/ordr_made.yaml"] = sources["letters/order_made.yaml"].replace(
        "kind: order_made", "kind: ordr_made"
    )

    [fault] = told(sources)

    assert fault.startswith("letters/ordr_made.yaml: ordr_made is sent by nothing")
    assert "order_made" in fault.removeprefix("letters/ordr_made.yaml: ordr_made")


@pytest.mark.parametrize("kind", ["agreement", "interview_called", "cancellation_letter"])
def test_a_step_that_a_pack_has_no_words_for_is_not_missed(kind: str):
    sources = shipped()
    sources.pop(f"letters/{kind}.yaml", None)

    assert told(sources) == []


def test_the_letter_and_the_message_of_a_return_ask_for_each_other():
    sources = shipped()
    del sources["letters/return_letter.yaml"]

    [fault] = told(sources)

    assert "it has application_returned" in fault


def _changed(kind: str, change: Any, version: str = "2024-1") -> dict[str, str]:
    sources = shipped(version=version)
    file = f"letters/{kind}.yaml"
    tree = YAML(typ="safe").load(sources[file])
    change(tree)
    kept = StringIO()
    YAML().dump(tree, kept)
    return {**sources, file: kept.getvalue()}


def test_a_blank_that_is_never_given_is_named():
    def ask_for_more(tree: Any) -> None:
        tree["blanks"]["deadline"] = "deadline"
        for language in ("en", "fr"):
            tree["everyone"]["body"][language] += "\n\n{deadline}"

    [fault] = told(_changed("interview_called", ask_for_more, "2025-1"))

    assert fault.startswith("letters/interview_called.yaml: interview_called is never given deadline.")


def test_what_the_words_must_say_is_named_where_they_leave_it_out():
    def forget(tree: Any) -> None:
        for language in ("en", "fr"):
            tree["employer"]["body"][language] = "Come in: {link}"

    [fault] = told(_changed("employer_access", forget))

    assert "The words of employer_access leave out join." in fault


def test_a_reader_without_words_is_named():
    def forget(tree: Any) -> None:
        tree["employer"] = tree.pop("everyone")

    [fault] = told(_changed("question_for_staff", forget))

    assert "question_for_staff has no words for the candidate" in fault


def test_a_letter_on_paper_that_says_mail_is_named():
    def post(tree: Any) -> None:
        tree["medium"] = "mail"

    [fault] = told(_changed("return_letter", post))

    assert "Write medium: paper." in fault
