"""How long the draws of a pack wait: the shipped ones by days, those of most tests not at all."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

SETTINGS = "settings.yaml"


def waiting(sources: Mapping[str, str], notice: int = 0, hours: int = 0) -> dict[str, str]:
    """Return a pack's files with other days of notice and hours to object."""
    text = sources[SETTINGS]
    for key, value in (("draw_notice_days", notice), ("draw_objection_hours", hours)):
        text, done = re.subn(rf"(?ms)(- key: {key}\n.*?    value: )\d+$", rf"\g<1>{value}", text, count=1)
        assert done == 1, f"{key} does not stand once in {SETTINGS}"
    return {**sources, SETTINGS: text}


def without_waits(packs: Path, to: Path) -> Path:
    """Copy the shipped packs, with draws that wait for nothing, so that a test of something else can hold one at once.

    The act with its waits has tests of its own (tests/draws/test_act.py, tests/journeys/test_draw_act.py).
    """
    shutil.copytree(packs, to)
    for file in to.glob(f"*/*/{SETTINGS}"):
        text = file.read_text(encoding="utf-8")
        if "draw_notice_days" in text:
            file.write_text(waiting({SETTINGS: text})[SETTINGS], encoding="utf-8")
    return to
