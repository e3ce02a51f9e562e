"""Which passwords are good enough: long, not common, not guessable. Nothing about signs or capitals (trust.md, 8.4)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from zxcvbn import zxcvbn

from passerelle.accounts import queries
from passerelle.accounts.models import SHORTEST_ALONE, SHORTEST_WITH_SECOND_FACTOR, Person

# Fewer guesses than this and a stolen list of hashes gives the password away.
FEWEST_GUESSES = 10**8
LONGEST_LOOKED_AT = 72


def shortest_for(person: Any) -> int:
    """Return how long a password of ``person`` has to be; staff cannot work without a second factor, so it counts."""
    if not isinstance(person, Person) or person.pk is None:
        return SHORTEST_ALONE
    if person.is_staff_member or queries.second_factor(person):
        return SHORTEST_WITH_SECOND_FACTOR
    return SHORTEST_ALONE


class LongEnough:
    """At least 15 characters, or 12 where a second factor is asked as well."""

    def validate(self, password: str, user: Any = None) -> None:
        shortest = shortest_for(user)
        if len(password) < shortest:
            raise ValidationError(
                ngettext(
                    "Use at least %(count)d character. A sentence you will remember is a good password.",
                    "Use at least %(count)d characters. A sentence you will remember is a good password.",
                    shortest,
                )
                % {"count": shortest},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return _("At least 15 characters. A sentence you will remember is a good password; any characters will do.")


class NotGuessable:
    """Refuse what a guesser tries early: repeated words, keyboard rows, the person's own names, breached favourites."""

    def validate(self, password: str, user: Any = None) -> None:
        own = [getattr(user, field, "") or "" for field in ("username", "email", "name")]
        judged = zxcvbn(password[:LONGEST_LOOKED_AT], user_inputs=[part for part in own if part])
        if judged["guesses"] < FEWEST_GUESSES:
            raise ValidationError(
                _("This password is easy to guess. Put together a few words that do not belong together."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return _("Not a well-known password, nor one made of your own name.")
