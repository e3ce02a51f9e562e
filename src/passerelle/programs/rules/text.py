"""Text in both languages, as a pack writes it."""

import re
from typing import Annotated, Any

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from passerelle.core.text import pick


class Text(dict[str, str]):
    """``{en, fr}``; printed, it speaks the reader's language."""

    def __str__(self) -> str:
        return pick(self)

    def __hash__(self) -> int:  # type: ignore[override]  # a loaded pack never changes
        return hash((self.get("en"), self.get("fr")))

    def pick(self, language: str | None = None) -> str:
        """Return the text in ``language`` (default: the reader's)."""
        return pick(self, language)


def _bilingual(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    if not isinstance(value, dict):
        raise PydanticCustomError("not_bilingual", "is not bilingual; write {{en: …, fr: …}}")
    for code, language in (("en", "English"), ("fr", "French")):
        if not isinstance(value.get(code), str) or not value[code].strip():
            raise PydanticCustomError(
                "missing_language", "has no {language} text; add {code}: …", {"language": language, "code": code}
            )
    if extra := set(value) - {"en", "fr"}:
        raise PydanticCustomError(
            "unknown_language", "has unknown languages {extra}; keep en and fr", {"extra": ", ".join(sorted(extra))}
        )
    return Text(en=value["en"].strip(), fr=spaced(value["fr"].strip()))


def spaced(french: str) -> str:
    """Return French text with its no-break spaces: before a colon, inside guillemets, before a dollar or percent sign."""
    french = re.sub(r" (?=[:»$%](?!//))", "\N{NO-BREAK SPACE}", french)
    french = french.replace("« ", "«\N{NO-BREAK SPACE}")
    return re.sub(r"(?<=\d) (?=\d{3}\b)", "\N{NO-BREAK SPACE}", french)


Bilingual = Annotated[Text, PlainValidator(_bilingual)]


def _either(value: Any) -> Text | str:
    return value if isinstance(value, str) and value.strip() else _bilingual(value)


# Text in both languages, or one for both: a name, an address.
Either = Annotated[Text | str, PlainValidator(_either)]
