"""The program of docs/adding-a-program.md: its files are taken from the page, so that the page cannot say what does not work."""

import re
from pathlib import Path

from ruamel.yaml import YAML

GUIDES = Path(__file__).resolve().parents[2] / "docs"
GUIDE, WAYS = GUIDES / "adding-a-program.md", GUIDES / "ways-of-choosing.md"
CODE, VERSION = "ca-rl", "2027-1"
FOLDER = f"packs/{CODE}/{VERSION}/"
DEMO = f"packs/{CODE}/demo.yaml"
_FILE = re.compile(r"^\*\*`([^`]+)`\*\*\n\n```(?:yaml|csv)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def texts() -> dict[str, str]:
    """Return the files of the pack by their path in it, as the guide writes them; its demo is none of them."""
    found: dict[str, str] = {}
    for path, text in _FILE.findall(GUIDE.read_text("utf-8")):
        if path == DEMO:
            continue
        assert path.startswith(FOLDER), f"{path} is not in {FOLDER}"
        name = path.removeprefix(FOLDER)
        if not name.endswith("/"):
            found[name] = text
            continue
        for one in re.split(r"^---\n", text, flags=re.MULTILINE):
            found[f"{name}{YAML(typ='safe').load(one)['kind']}.yaml"] = one
    return found


def written(packs: Path) -> Path:
    """Write the files where the guide says, under ``packs``; return the version's folder."""
    folder = packs / CODE / VERSION
    for name, text in texts().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def with_demo(packs: Path) -> Path:
    """Write the program of the guide and its demo under ``packs``; return the version's folder."""
    [text] = [text for path, text in _FILE.findall(GUIDE.read_text("utf-8")) if path == DEMO]
    folder = written(packs)
    (folder.parent / "demo.yaml").write_text(text, "utf-8")
    return folder


def editions() -> dict[str, dict[str, str]]:
    """Return the editions of docs/ways-of-choosing.md, version by version: their files by path, as the page writes them."""
    found: dict[str, dict[str, str]] = {}
    for path, text in _FILE.findall(WAYS.read_text("utf-8")):
        version, name = path.removeprefix(f"packs/{CODE}/").split("/", 1)
        found.setdefault(version, {})[name] = text
    return found


def with_edition(packs: Path, version: str) -> Path:
    """Write the program of the guide and one edition of it under ``packs``; return the edition's folder."""
    written(packs)
    folder = packs / CODE / version
    for name, text in editions()[version].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder
