"""What only the person concerned answers: a representative fills in everything else, and signs nothing."""

from collections.abc import Mapping
from typing import Any

from passerelle.accounts import acting
from passerelle.programs.rules import Question, Questionnaire, Section
from passerelle.programs.rules import answer_keys as keys_of

_SIGNED = frozenset({"declaration", "signature"})


def split(section: Section) -> tuple[Section, list[Question]]:
    """Return a section without the questions that only the person concerned answers, and those questions."""
    own = [one for one in section.questions if one.type in acting.CLIENTS_OWN]
    rest = tuple(one for one in section.questions if one.type not in acting.CLIENTS_OWN)
    return section.model_copy(update={"questions": rest}), own


def as_representative(
    questionnaire: Questionnaire, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what ``after`` comes to when a representative saves it over ``before``.

    What is the client's own stays as it was. What the client had declared or signed falls away once another answer is no
    longer the one it was said of: the client declares anew.
    """
    own = _keys(questionnaire, acting.CLIENTS_OWN)
    filled = {key: value for key, value in after.items() if key not in own}
    kept = {key: value for key, value in before.items() if key in own}
    if filled != {key: value for key, value in before.items() if key not in own}:
        signed = _keys(questionnaire, _SIGNED)
        kept = {key: value for key, value in kept.items() if key not in signed}
    return {**filled, **kept}


def _keys(questionnaire: Questionnaire, types: frozenset[str]) -> set[str]:
    return {key for one in questionnaire.questions() if one.type in types for key in keys_of(one)}
