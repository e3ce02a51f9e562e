"""Tasks of the program's staff."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from passerelle.accounts.access import FILE_READERS, StaffPage, may_open
from passerelle.notices import operations, queries
from passerelle.notices.kinds import address_of, task_label
from passerelle.notices.pages.forms import CloseTaskForm
from passerelle.notices.permissions import can_close

if TYPE_CHECKING:
    from passerelle.notices.models import StaffTask

ON_A_PAGE = 50


class Tasks(StaffPage):
    """What somebody must see to: soonest date first, then the oldest."""

    template_name = "notices/staff/tasks.html"
    roles = FILE_READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(queries.tasks(self.program), ON_A_PAGE).get_page(request.GET.get("page"))
        rows = [{"task": task, "label": task_label(task.kind)} for task in page]
        return self.show({"page_obj": page, "rows": rows, "nav_current": "tasks"})


class Task(StaffPage):
    """One task, and the form that closes it."""

    template_name = "notices/staff/task.html"
    roles = FILE_READERS

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(self._task(pk), CloseTaskForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task, form = self._task(pk), CloseTaskForm(request.POST)
        if not form.is_valid():
            return self._show(task, form, status=422)
        operations.close_task(
            task=task, by=self.person, at=request.arrived_at, note=form.cleaned_data["note"]  # type: ignore[attr-defined]
        )  # fmt: skip
        messages.success(request, _("The task is closed."))
        return self.go_to("notices:tasks")

    def _task(self, pk: int) -> "StaffTask":
        return get_object_or_404(queries.every_task(self.program), pk=pk)

    def _show(self, task: "StaffTask", form: CloseTaskForm, status: int = 200) -> HttpResponse:
        address = address_of(task.kind, task.about)
        context = {
            "task": task,
            "label": task_label(task.kind),
            "form": form,
            "may_close": can_close(self.person, task),
            "address": address if address and may_open(self.request, address) else "",
        }
        return self.show({**context, "nav_current": "tasks"}, status=status)
