"""Imports that were made."""

from django.db import models
from django.utils.translation import gettext_lazy as _

RUN_STATES = [
    ("running", _("Running")),
    ("done", _("Done")),
    ("failed", _("Failed")),
]


class ImportRun(models.Model):
    """One import. `counts`: by table, what became of its rows. `error`: why it broke off.

    `source`: the name that rows are remembered under. `origin`: where it read, without secrets.
    `balances`: what cards held there and hold here, by program.
    """

    source = models.CharField(_("source"), max_length=32)
    origin = models.CharField(_("read from"), max_length=255)
    state = models.CharField(_("state"), max_length=8, choices=RUN_STATES, default="running")
    counts = models.JSONField(_("rows"), default=dict)
    balances = models.JSONField(_("balances"), default=list)
    error = models.JSONField(_("error"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        """Names and order."""

        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"
