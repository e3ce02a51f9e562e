"""Who may read and do what with notices, letters and tasks."""

from django.utils.translation import gettext_lazy as _

from passerelle.accounts.models import Person
from passerelle.core.verdicts import YES, Verdict
from passerelle.notices.kinds import TOO_MANY_FILES
from passerelle.notices.models import Notice, StaffTask


def can_read(person: Person, notice: Notice) -> Verdict:
    """A message is for its reader alone."""
    if notice.to_id != person.pk:
        return Verdict(False, _("Only the person it was written to can open this message."))
    return YES


def can_close(person: Person, task: StaffTask) -> Verdict:
    """Anyone who works for the program closes its tasks, except those whose role is to look on."""
    if not person.has_role(task.program, "officer", "reviewer", "director", "draw_manager", "administrator"):
        return Verdict(False, _("Closing a task takes a role in this program."))
    if task.kind == TOO_MANY_FILES and not _answers_for(person, task):
        return Verdict(False, _("A director or an administrator closes this task, never the person it is about."))
    return YES


def _answers_for(person: Person, task: StaffTask) -> bool:
    return person.reference != task.about and person.has_role(task.program, "director", "administrator")
