"""The page on which anybody checks a draw: it reads files of one's own, sends nothing, and says calmly what holds."""

import base64
import json
import re
import zipfile
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from playwright.sync_api import Error, Page, expect

from npd1 import receipts
from tests.npd1 import standalone
from tests.npd1.pools import Made, a_pool
from tests.support.browser import PHONE, assert_accessible, assert_fits


def a_signed_draw(folder: Path) -> Made:
    """A draw of more than twenty people, its bundle signed and zipped, the receipt of its first person beside it."""
    made = next(
        made for made in map(a_pool, map(Random, range(99))) if len(made.lines) > 20 and "result.json" in made.public()
    )
    key = Ed25519PrivateKey.generate()
    made.files["key.txt"] = base64.b64encode(key.public_key().public_bytes_raw())
    for name in ("notice", "commitment", "result"):
        made.files[f"{name}.sig"] = base64.b64encode(key.sign(made.files[f"{name}.json"])) + b"\n"
    zipped(folder / "bundle.zip", made.public())
    receipt = {
        **json.loads(made.receipts[0]), "key": made.files["key.txt"].decode(),
        "signature": made.files["commitment.sig"].decode().strip(),
    }  # fmt: skip
    receipt["cutoffs_signature"] = base64.b64encode(key.sign(receipts.cutoffs(receipt))).decode()
    (folder / "receipt.json").write_text(json.dumps(receipt))
    (folder / "bent.json").write_text(json.dumps({**receipt, "signature": made.files["notice.sig"].decode().strip()}))
    other = base64.b64encode(key.sign(b"other cut-offs")).decode()
    (folder / "other.json").write_text(json.dumps({**receipt, "cutoffs_signature": other}))
    return made


def zipped(place: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("language", "holds", "signed", "cutoffs", "fails"), [
    ("fr", "Tout ce qui a été vérifié est respecté", "figure sur votre reçu est signé", "Les seuils de votre reçu sont signés",
     "Ceci n'est pas respecté"),
    ("en", "Everything that was checked holds", "in your receipt is signed by the key",
     "The cut-offs in your receipt are signed", "This does not hold"),
])  # fmt: skip
def test_a_bundle_and_a_receipt_are_checked_without_sending_anything(
    language: str, holds: str, signed: str, cutoffs: str, fails: str, page: Page, tmp_path: Path
) -> None:
    next_step = {"fr": "Choisissez le dossier tel que", "en": "Choose the bundle as you got it"}
    made = a_signed_draw(tmp_path)
    page.goto(f"/{language}/check/draw/")
    page.wait_for_load_state("networkidle")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_label("ZIP").set_input_files([tmp_path / "bundle.zip", tmp_path / "receipt.json"])
    expect(page.locator("#draw-answer")).to_contain_text(holds)
    assert page.locator("#draw-answer li.is-good").count() >= 6
    expect(page.locator("#draw-answer li.is-good", has_text=signed)).to_have_count(1)
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert_fits(page)
    committed = json.loads(made.files["commitment.json"])
    committed["size"] += 1
    zipped(tmp_path / "bundle.zip", {**made.public(), "commitment.json": json.dumps(committed).encode()})
    page.get_by_label("ZIP").set_input_files(tmp_path / "bundle.zip")
    expect(page.locator("#draw-answer")).to_contain_text(fails)
    said = {
        "fr": "commitment.json, ligne 1 : n'est pas du JSON canonique",
        "en": "commitment.json, line 1: is not canonical JSON",
    }
    expect(page.locator("#draw-answer")).to_contain_text(said[language])
    assert_accessible(page)
    zipped(tmp_path / "another.zip", {**made.public(), "result.sig": made.files["notice.sig"]})
    page.get_by_label("ZIP").set_input_files(tmp_path / "another.zip")
    expect(page.locator("#draw-answer")).to_contain_text("result.sig")
    page.get_by_label("ZIP").set_input_files(tmp_path / "receipt.json")
    expect(page.locator("#draw-answer li.is-good", has_text=signed)).to_have_count(1)
    expect(page.locator("#draw-answer li.is-good", has_text=cutoffs)).to_have_count(1)
    for name in ("bent.json", "other.json"):
        page.get_by_label("ZIP").set_input_files(tmp_path / name)
        expect(page.locator("#draw-answer")).to_contain_text(fails)
    expect(page.locator("#draw-answer")).to_contain_text("cutoffs_signature")
    (tmp_path / "letter.zip").write_bytes(b"no archive")
    page.get_by_label("ZIP").set_input_files(tmp_path / "letter.zip")
    said = {"fr": "letter.zip : n'est pas un fichier ZIP", "en": "letter.zip: is not a ZIP file"}
    expect(page.locator("#draw-answer")).to_contain_text(said[language])
    expect(page.locator("#draw-answer")).to_contain_text(next_step[language])
    assert_accessible(page)
    assert sent == []


@pytest.mark.django_db
def test_the_page_has_words_in_both_languages_for_everything_its_program_says(client: Client, tab: Page) -> None:
    words = {}
    for language in ("en", "fr"):
        shown = client.get(f"/{language}/check/draw/").content.decode()
        words[language] = dict(re.findall(r'<p data-key="([a-z0-9-]+)">([^<]+)</p>', shown))
    assert set(tab.evaluate("npd1.KEYS")) <= set(words["en"])
    assert {key for key in words["en"] if words["fr"][key] == words["en"][key]} == set()
    with pytest.raises(Error, match="no words for holds-nothing"):
        tab.evaluate("npd1.tell([], 'holds', 'nothing')")


@pytest.mark.django_db
def test_without_scripts_it_says_how_and_hands_out_the_very_file_of_the_bundles(client: Client) -> None:
    shown = client.get("/en/check/draw/").content.decode()
    assert '<section id="check-here" hidden>' in shown
    assert "python3 verify_draw.py public ." in shown
    given = client.get("/en/check/draw/verify_draw.py")
    assert given.content == standalone.FILE.read_bytes()
    assert "verify_draw.py" in given["Content-Disposition"]
