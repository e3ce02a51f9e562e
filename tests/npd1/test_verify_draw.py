"""verify_draw.py against the published vector, random draws, every kind of tampering, and as a stranger would run it."""

import ast
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from npd1 import receipts
from tests.npd1 import standalone
from tests.npd1.pools import a_pool, of_everybody
from tests.npd1.tampering import OF_BUNDLES, OF_RECEIPTS, somebody_left_out

VERIFIER = standalone.FILE.parent
LINES = [
    line.strip()
    for line in (VERIFIER.parents[3] / "docs/npd1.md").read_text().splitlines()
    if line.startswith("    npd1-leaf|NWT")
]


def test_is_one_short_file_of_the_standard_library() -> None:
    text = standalone.FILE.read_text()
    assert len(text.splitlines()) < 300
    brought = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text, feature_version=(3, 9)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert brought <= sys.stdlib_module_names


def test_says_everything_in_english_and_in_french() -> None:
    calls = [node for node in ast.walk(ast.parse(standalone.FILE.read_text())) if isinstance(node, ast.Call)]
    pairs = [[ast.literal_eval(one) for one in node.args] for node in calls if _name(node) == "tr"]
    bare = [
        node for node in calls if _name(node) in ("say", "unsure", "formed") and isinstance(node.args[0], ast.Constant)
    ]
    bare += [node for node in calls if _name(node) in ("check", "Stop") and _is_english(node.args[2])]

    assert len(pairs) > 40
    for english, french in pairs:
        assert english != french
        assert english.count("{}") == french.count("{}"), english
        assert not re.search(r"(?<!\u00a0)[:!?»]|«(?!\u00a0)|[’…]", french.replace(": :", "")), french
    assert [ast.unparse(node) for node in bare] == []


def _name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _is_english(node: ast.AST) -> bool:
    """Whether a text of two words or more stands there as it is, in one language."""
    return isinstance(node, ast.Constant) and " " in str(node.value)


@pytest.mark.parametrize("change", [*OF_BUNDLES[:6], *OF_RECEIPTS[:2]], ids=lambda change: change.__name__)
def test_finds_in_french_what_it_finds_in_english(change: object, tmp_path: Path) -> None:
    english, french = standalone.program(), standalone.program("fr")
    for seed in range(6):
        rng = Random(seed)
        made = a_pool(rng)
        for mode, files, receipt in (("full", made.files, None), ("mine", made.files, made.receipts[0])):
            code, said = standalone.told(french, tmp_path, mode, files, receipt)
            assert (code, standalone.run(english, tmp_path, mode, files, receipt)[0]) == (0, 0), said
            *lines, last = said.splitlines()
            assert last == "RÉSULTAT\u00a0: tout ce qui est vérifié ci-dessus est exact"
            assert all(line.strip().startswith(("exact\u00a0:", "non vérifié\u00a0:")) for line in lines), said
        found = change(rng, made)  # type: ignore[operator]
        if found is None or found == made.files:
            continue
        case = ("full", found) if isinstance(found, dict) else ("mine", made.files, found)
        code, last = standalone.run(french, tmp_path, *case)
        assert (code, standalone.run(english, tmp_path, *case)[0]) == (1, 1)
        assert last.startswith("REFUSÉ\u00a0: "), last


@pytest.mark.parametrize(
    ("given", "environment", "begins"),
    [
        ([], {"LANG": "fr_CA.UTF-8"}, "IMPOSSIBLE"), (["--en"], {"LANG": "fr_CA.UTF-8"}, "CANNOT RUN"),
        (["--fr"], {}, "IMPOSSIBLE"), ([], {"LANG": "en_CA.UTF-8"}, "CANNOT RUN"), ([], {}, "CANNOT RUN"),
        ([], {"LANG": "fr_CA.UTF-8", "LC_ALL": "en_CA.UTF-8"}, "CANNOT RUN"),
        (["--fr"], {"PYTHONIOENCODING": "ascii"}, "IMPOSSIBLE"),
    ],
)  # fmt: skip
def test_speaks_the_language_asked_for_or_that_of_the_machine(
    given: list[str], environment: dict[str, str], begins: str, tmp_path: Path
) -> None:
    command = [sys.executable, standalone.FILE, "public", tmp_path, *given]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode("utf-8").split("\\")[0].split("\u00a0")[0].split(":")[0]) == (2, begins)


def test_reproduces_the_vector_of_the_format() -> None:
    program = standalone.program()
    assert program.root_of(LINES) == "087eb41faf7a3664cee19544f454a9fe2c301aeaee1668035e1e65821b9dc1a4"
    seed = "ad258a577f7998a017c979722b866b3ea9aa8d5b4a776ab8f17b2442d575147e"
    tie = program.tie_of(seed, "NWT-2026-07", "4b752cd6770403db1609521073155d9e")
    assert tie == "61dd7c3a0384e36210f429e623647412e22fc5bdb7ec56847ce073b15e8ce5b3"
    leaves = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
    hashed = [hashlib.sha256(b"\0" + bytes.fromhex(leaf)).digest() for leaf in leaves]
    assert program.tree(hashed).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_holds_for_every_mode_of_random_draws(tmp_path: Path) -> None:
    program = standalone.program()
    for seed in range(60):
        made = a_pool(Random(seed))
        assert standalone.run(program, tmp_path, "full", made.files)[0] == 0, seed
        code, last = standalone.run(program, tmp_path, "public", made.public())
        assert code == 0, (seed, last)
        for receipt in made.receipts[:3]:
            assert standalone.run(program, tmp_path, "mine", made.public(), receipt)[0] == 0, seed


@pytest.mark.parametrize("change", OF_BUNDLES + OF_RECEIPTS, ids=lambda change: change.__name__)
def test_refuses_each_kind_of_tampering_and_says_where(change: object, tmp_path: Path) -> None:
    program, refused = standalone.program(), 0
    for seed in range(40):
        rng = Random(seed)
        made = a_pool(rng)
        found = change(rng, made)  # type: ignore[operator]
        if found is None or found == made.files:
            continue
        whole = isinstance(found, dict)
        code, last = standalone.run(program, tmp_path, *(("full", found) if whole else ("mine", made.files, found)))
        assert code == 1, (seed, last)
        assert last.startswith("REFUSED: "), last
        refused += 1
        if refused == 5:
            break
    assert refused


@pytest.mark.parametrize("level", ["full", "bands", "auditor"])
def test_a_draw_of_everybody_commits_to_as_many_places_as_people(level: str, tmp_path: Path) -> None:
    made = of_everybody(lambda made, notice: len(made.lines) >= 20 and notice["level"] == level)
    committed = json.loads(made.files["commitment.json"])
    assert committed["allotments"] == [{"cell": "*", "n": len(made.lines)}]
    assert len(json.loads(made.files["result.json"])["selected"]) == len(made.lines)
    for mode, files in (("full", made.files), ("public", made.public())):
        assert standalone.run(standalone.program(), tmp_path, mode, files)[0] == 0


def test_where_everybody_was_announced_to_leave_one_out_is_refused_even_without_the_lines(tmp_path: Path) -> None:
    made = of_everybody(
        lambda made, notice: (
            len(made.lines) >= 20 and notice["level"] == "bands" and b'"promotions":[]' in made.files["result.json"]
        )
    )
    shown = {name: data for name, data in somebody_left_out(made).items() if name in made.public()}
    code, told = standalone.run(standalone.program(), tmp_path, "public", shown)
    assert (code, "selected (commitment.json, size)" in told) == (1, True), told


def test_of_a_small_pool_of_everybody_the_places_do_not_tell_the_size(tmp_path: Path) -> None:
    made = of_everybody(lambda made, _notice: 0 < len(made.lines) < 20)
    counts = json.loads(made.files["counts.json"])
    assert (counts["size"], counts["n"]) == ("fewer than 20", "fewer than 20")
    for mode, files in (("full", made.files), ("public", made.public())):
        assert standalone.run(standalone.program(), tmp_path, mode, files)[0] == 0
    assert set(counts) - {"cutoff_from"} == {"spec", "draw", "level", "commit", "size", "n"}


def test_a_pool_changed_and_everything_made_anew_does_not_fit_the_receipts(tmp_path: Path) -> None:
    made, again = (a_pool(Random(2), more_points_for=number) for number in (None, 3))
    assert standalone.run(standalone.program(), tmp_path, "full", again.files)[0] == 0
    code, last = standalone.run(standalone.program(), tmp_path, "mine", again.files, made.receipts[0])
    assert code == 1
    assert "commitment" in last


def test_a_missing_file_or_a_wrong_command_cannot_run(tmp_path: Path) -> None:
    program, made = standalone.program(), a_pool(Random(3))
    without = {name: data for name, data in made.files.items() if name != "seed.json"} | {
        "result.json": made.files["result.json"]
    }
    assert standalone.run(program, tmp_path, "full", {"counts.json": made.files["counts.json"]})[0] == 2
    assert (
        standalone.run(
            program, tmp_path, "full", {name: data for name, data in without.items() if name != "leaves.txt"}
        )[0]
        != 0
    )
    assert program.main(["public"]) == 2
    assert program.main(["public", str(tmp_path / "nowhere.zip")]) == 2


def test_a_stranger_follows_the_readme(tmp_path: Path) -> None:
    made = next(made for made in (a_pool(Random(seed)) for seed in range(50)) if len(made.lines) > 20)
    key = Ed25519PrivateKey.generate()
    files = {**made.files, "key.txt": base64.b64encode(key.public_key().public_bytes_raw())}
    for name in ("notice", "commitment", "result"):
        files[f"{name}.sig"] = base64.b64encode(key.sign(made.files[f"{name}.json"])) + b"\n"
    for name in ("README.md", "LISEZMOI.md", "verify_draw.py"):
        files[name] = (VERIFIER / name).read_bytes()
    receipt = {**json.loads(made.receipts[0]), "key": files["key.txt"].decode()}
    receipt["cutoffs_signature"] = base64.b64encode(key.sign(receipts.cutoffs(receipt))).decode()
    files["receipt.json"] = json.dumps(receipt).encode()
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
            (tmp_path / name).write_bytes(data)
    for arguments in ("public .", "full .", "mine receipt.json .", "public bundle.zip", "public . --fr"):
        done = subprocess.run(
            [sys.executable, "-I", "verify_draw.py", *arguments.split()],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={},
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert ("non vérifié" if "--fr" in arguments else "not checked") in done.stdout
    assert json.loads(files["receipt.json"])["draw"] == made.draw
    if shutil.which("openssl") and shutil.which("bash"):
        readme = files["README.md"].decode().split("with OpenSSL 3:")[1].split("## The chance")[0]
        commands = "\n".join(line[4:] for line in readme.splitlines() if line.startswith("    "))
        done = subprocess.run(
            ["bash", "-e", "-c", commands],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.count("Signature Verified Successfully") == 4, done.stdout + done.stderr
