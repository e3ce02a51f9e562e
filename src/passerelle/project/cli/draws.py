"""Commands about draws: fetch the beacon's round that a commitment named; score an auditor's bundle again."""

import json
import urllib.request
import zipfile
from pathlib import Path
from typing import Annotated, Any

import typer

from passerelle.project.cli.shared import done, fail, now, start_django

PANEL = "Draws"
BEACON = "https://api.drand.sh"
PATIENCE = 20  # seconds


def register(app: typer.Typer) -> None:
    app.command("fetch-seed", rich_help_panel=PANEL)(fetch_seed)
    app.command("recompute-bundle", rich_help_panel=PANEL)(recompute_bundle)


def recompute_bundle(
    file: Annotated[Path, typer.Argument(help="The auditor's bundle of a draw (ZIP).")],
    packs: Annotated[Path | None, typer.Option(help="The folder of the packs; those of this installation.")] = None,
) -> None:
    """Score everybody in an auditor's bundle again from the facts in it and the pack, and say who comes out otherwise.

    verify_draw.py shows that nobody is lost or made up and draws again; this adds that each score follows from the facts.
    """
    start_django()
    from django.conf import settings

    from passerelle.project.recomputing import recomputed

    try:
        with zipfile.ZipFile(file) as held:
            people = held.read("people.csv")
    except (OSError, KeyError, zipfile.BadZipFile):
        fail(f"{file} is no auditor's bundle: it has no people.csv. Take the ZIP that auditors get on the draw's page.")
    same = skipped = wrong = 0
    for one in recomputed(people, packs or settings.PACKS):
        same, skipped, wrong = (
            same + (not one.differs and not one.skipped),
            skipped + bool(one.skipped),
            wrong + bool(one.differs),
        )
        for line in one.differs or ((f"not scored: {one.skipped}",) if one.skipped else ()):
            typer.echo(f"{one.reference}: {line}")
    if wrong:
        fail(f"{wrong} of {same + wrong} people do not have the points that their facts give.")
    done(f"{same} people have the points that their facts give; {skipped} could not be scored.")


def fetch_seed(
    number: Annotated[str, typer.Argument(help="Number of the draw, such as NT-D-2026-000001.")],
    by: Annotated[str, typer.Option(help="User name of the draw manager or director who brings the seed.")],
    file: Annotated[
        Path | None, typer.Option(help="The round as a JSON file, where this machine has no way out.")
    ] = None,
    beacon: Annotated[str, typer.Option(help="Address of a site of the beacon.")] = BEACON,
) -> None:
    """Bring the seed of a frozen draw: the round of the public beacon that its commitment named, fetched or from a file.

    The signature is held against the beacon's public key, and the randomness made from it is compared: it does not matter which
    site answers.
    """
    start_django()
    from django.core.exceptions import ObjectDoesNotExist

    from passerelle.accounts import queries as people
    from passerelle.core.verdicts import NotAllowed
    from passerelle.draws import operations, queries, wording

    try:
        person, draw = people.person(by), queries.draw(number)
    except ObjectDoesNotExist:
        fail(
            f"There is no account {by} or no draw {number}. Give the user name of who conducts draws, and a draw's number."
        )
    committed = queries.commitment(draw)
    source = queries.source_of(committed) if committed else {}
    if source.get("kind") != "drand":
        fail(f"Draw {number} has committed to no round of the beacon. Freeze it first, or enter the dice on its page.")
    said = _read(file) if file else _fetch(f"{beacon}/{source['chain']}/public/{source['round']}")
    try:
        made = operations.give_round(
            number=number, round_number=int(said.get("round", 0)), signature=str(said.get("signature", "")),
            randomness=str(said.get("randomness", "")), by=person, at=now(),
        )  # fmt: skip
    except operations.WrongSeed as fault:
        fail(str(wording.wrong_seed(fault.why)))
    except NotAllowed as refusal:
        fail(str(refusal))
    done(f"Draw {number}: {made.source}")


def _read(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(file.read_text())
    except (OSError, ValueError) as fault:
        fail(f"{file} cannot be read as JSON: {fault}")
    return said if isinstance(said, dict) else {}


def _fetch(address: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            said = json.load(answer)
    except (OSError, ValueError) as fault:
        fail(f"{address} does not answer ({fault}). Fetch it elsewhere and give it with --file.")
    return said if isinstance(said, dict) else {}
