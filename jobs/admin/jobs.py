"""Jobs, to look at: what is running, what failed and why."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.admin.read_only import ReadOnlyAdmin
from jobs.models import Job

COLOURS = {"queued": "info", "running": "warning", "done": "success", "failed": "danger"}


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs, newest first."""

    empty_hint = _(
        "What takes longer than a request is listed here: back-tests, long files, batches "
        "of codes, refreshing of reports."
    )
    list_display = ("work", "status", "progress", "who", "created_at", "finished_at")
    list_filter = ("state", "kind")
    list_filter_submit = True
    list_select_related = ("created_by",)
    fields = (
        "work",
        "status_text",
        "progress",
        "error",
        "result",
        "who",
        "created_at",
        "started_at",
        "finished_at",
    )
    readonly_fields = fields

    @display(description=_("kind"), ordering="kind")
    def work(self, job: Job) -> str:
        """Return what it does, in words."""
        return job.get_kind_display()

    @display(description=_("asked for by"), ordering="created_by")
    def who(self, job: Job) -> str:
        """Return who asked for it."""
        return job.created_by.get_username() if job.created_by else "\u2013"

    @display(description=_("state"), label=COLOURS)
    def status(self, job: Job) -> tuple[str, str]:
        """Return the state with its colour."""
        return job.state, job.get_state_display()

    @display(description=_("state"))
    def status_text(self, job: Job) -> str:
        """Return the state as text."""
        return job.get_state_display()

    @display(description=_("progress"))
    def progress(self, job: Job) -> str:
        """Return how far it is."""
        return f"{job.done} / {job.total}"
