"""Put the look together: design tokens in use + vendored GOV.UK parts + our own sheet, as one small stylesheet.

Plain Python, no packages. Run ``scripts/look/build.py`` after editing passerelle.css; ``--check`` tells whether the
committed stylesheet is up to date (a test asks that).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "src/passerelle/project/static/passerelle/look.css"
LICENCES = (
    "/*! Passerelle's look, made by scripts/look/build.py. Includes parts of govuk-frontend 6.6.0 "
    "(MIT, Crown copyright) and @gcds-core/tokens 1.5.0 (MIT, Canadian Digital Service); see licences/. */\n"
)


def tokens_in_use(tokens: str, sheet: str) -> str:
    """Return a ``:root`` rule with only those Government of Canada tokens that ``sheet`` names."""
    values = dict(re.findall(r"(--gcds-[\w-]+):\s*([^;]+);", tokens))
    used = sorted(set(re.findall(r"var\((--gcds-[\w-]+)\)", sheet)))
    return ":root{" + "".join(f"{name}:{values[name]};" for name in used) + "}"


def squeeze(sheet: str) -> str:
    """Take comments and needless white space out of a stylesheet, leaving strings and calc() alone."""
    sheet = re.sub(r"/\*(?!!).*?\*/", "", sheet, flags=re.S)
    sheet = re.sub(r"\s+", " ", sheet)
    sheet = re.sub(r"\s*([{};,])\s*", r"\1", sheet)
    sheet = re.sub(r":\s+(?=[^{}]*[;}])", ":", sheet)
    return sheet.replace(";}", "}").strip()


def build() -> str:
    """Return the whole stylesheet as text."""
    own = (HERE / "passerelle.css").read_text(encoding="utf-8")
    tokens = tokens_in_use((HERE / "gcds-tokens.css").read_text(encoding="utf-8"), own)
    govuk = (HERE / "govuk.css").read_text(encoding="utf-8").lstrip("\ufeff")
    return LICENCES + govuk.strip() + "\n" + tokens + squeeze(own) + "\n"


def main() -> int:
    """Write the stylesheet, or with ``--check`` say whether it is up to date."""
    sheet = build()
    if "--check" in sys.argv[1:]:
        fresh = OUT.exists() and OUT.read_text(encoding="utf-8") == sheet
        print("look.css is up to date." if fresh else "look.css is out of date: run python scripts/look/build.py")
        return 0 if fresh else 1
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(sheet, encoding="utf-8")
    print(f"{OUT.name}: {len(sheet):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
