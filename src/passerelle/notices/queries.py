"""What other rooms and pages may know about notices, letters and tasks."""

from django.db.models import F, QuerySet

from passerelle.accounts.models import Person
from passerelle.notices.models import Letter, Notice, NoticeQuerySet, StaffTask
from passerelle.notices.states import NoticeState


def inbox(person: Person) -> NoticeQuerySet:
    """The messages written to ``person``, newest first; ``.unread()`` of it for a count."""
    return Notice.objects.visible_to(person)


def tasks(program: str) -> QuerySet[StaffTask]:
    """The open tasks of ``program``: those with a date first, soonest first, then the oldest."""
    open_ = StaffTask.objects.filter(program=program, closed_at=None)
    return open_.select_related("notice__to").order_by(F("due_by").asc(nulls_last=True), "opened_at", "pk")


def bounced(person: Person) -> Notice | None:
    """The last message that came back from the address ``person`` still has, while nobody has seen to it; else None."""
    returned = Notice.objects.filter(to=person, state=NoticeState.BOUNCED, address__iexact=person.email)
    unseen = StaffTask.objects.filter(notice__in=returned, closed_at=None)
    return returned.filter(pk__in=unseen.values("notice")).order_by("-bounced_at", "-pk").first()


def written_about(*about: str) -> QuerySet[Notice]:
    """What was written to anybody about these, newest first, without the text: it may hold a link that is its reader's alone."""
    return Notice.objects.filter(about__in=about).select_related("to").defer("body")


def letters_to(person: Person) -> QuerySet[Letter]:
    """The letters and receipts written to ``person``, newest first."""
    return Letter.objects.filter(to=person)


def letters_numbered(number: str) -> QuerySet[Letter]:
    """The letter with this number, or none; who may read it is for the page to ask."""
    return Letter.objects.select_related("to").filter(number=number)


def every_task(program: str) -> QuerySet[StaffTask]:
    """A program's tasks, closed ones too, with the message each is about."""
    return StaffTask.objects.select_related("notice__to", "closed_by").filter(program=program)


def letters(about: str) -> QuerySet[Letter]:
    """The letters written about ``about``, newest first."""
    return Letter.objects.filter(about=about).select_related("to")
