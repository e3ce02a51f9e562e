"""What is checked of the words of letters when a pack is loaded: blanks, both languages alike, what an employer may read."""

from collections.abc import Iterator
from typing import Any

from passerelle.programs.rules import letters
from passerelle.programs.rules.problems import did_you_mean

Rules = Any  # ProgramRules, which stands above this module
Fault = tuple[str, str]

# What a blank tells an employer of, in the words of employer_sees.
_TOLD_OF = {
    "total": "total", "max_total": "total", "before": "total",
    "submitted_at": "dates", "valid_before": "dates", "score_by": "dates",
}  # fmt: skip


def tell(rules: Rules, reader: Any) -> None:
    """Give every fault of the letters to the reader, which knows the lines."""
    for file in reader.files("letters"):
        letter = rules.letters.get((reader.tree(file) or {}).get("kind", ""))
        for who, words in letter.variants().items() if letter else ():
            for name in ("subject", "body"):
                for problem, remedy in _faults(letter, who, getattr(words, name), tuple(rules.employer_sees)):
                    reader.fault_at(file, (who, name), problem, remedy)


def _faults(letter: letters.Letter, who: str, text: Any, employer_sees: tuple[str, ...]) -> Iterator[Fault]:
    used = {language: set(letters.used(text[language])) for language in ("en", "fr")}
    for blank in sorted(used["en"] | used["fr"]):
        yield from _of_blank(letter, blank, who, employer_sees)
    for blank in sorted(_unguarded(letter, text)):
        yield (
            f"{blank} is optional and stands in a paragraph that is always written",
            "Put [if …] at the head of the paragraph, or take optional away.",
        )
    if one_sided := used["en"] ^ used["fr"]:
        yield f"{', '.join(sorted(one_sided))} stands in one language only", "Say the same in both."
    counts = {language: len(letters.paragraphs(text[language])) for language in ("en", "fr")}
    if counts["en"] != counts["fr"]:
        yield f"English has {counts['en']} paragraphs and French {counts['fr']}", "Build both alike."


def _of_blank(letter: letters.Letter, blank: str, who: str, employer_sees: tuple[str, ...]) -> Iterator[Fault]:
    to_employer = who in ("employer", "everyone")
    sort = _TOLD_OF.get(blank)
    if blank not in letter.blanks and blank not in letters.ALWAYS:
        known = {*letter.blanks, *letters.ALWAYS}
        yield f"The blank {blank} is not declared", did_you_mean(blank, known) or "Add it to blanks:."
    elif blank in letter.blanks and letter.blanks[blank].private and to_employer:
        yield f"{blank} is private and stands in words to an employer", "Leave it out, or write to the candidate apart."
    elif sort and to_employer and sort not in employer_sees:
        yield (
            f"{blank} stands in words to an employer, and employer_sees leaves out {sort}",
            "Leave it out, write to the candidate apart, or add it to employer_sees in program.yaml.",
        )


def _unguarded(letter: letters.Letter, text: Any) -> set[str]:
    """Blanks that may be missing and stand where a missing one would stop the whole letter."""
    optional = {key for key, blank in letter.blanks.items() if blank.optional}
    return {
        blank
        for language in ("en", "fr")
        for paragraph in letters.paragraphs(text[language])
        if not letters.GUARD.match(paragraph)
        for blank in optional & set(letters.BLANK.findall(paragraph))
    }
