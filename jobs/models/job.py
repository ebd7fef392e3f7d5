"""Work that takes longer than a request may."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

STATES = [
    ("queued", _("Waiting")),
    ("running", _("Running")),
    ("done", _("Done")),
    ("failed", _("Failed")),
    ("stopped", _("Stopped")),
]
KINDS = [
    ("backtest", _("Back-test")),
    ("coupon_batch", _("Batch of codes")),
    ("import", _("Import")),
    ("refresh_views", _("Refreshing of reports")),
    ("report_export", _("File of a report")),
]
OPEN = ("queued", "running")


class Job(models.Model):
    """One piece of work. `task`: the Celery task that does it, given the job's id.

    `done` of `total` units are committed together with their effects. `touched_at`: when it last
    moved; one that stands still is sent to the workers again. `error`: code and detail of the
    refusal that ended it. `result`: what it made, as the kind of job says. A job that somebody
    stopped keeps what was done until then.
    """

    kind = models.CharField(_("kind"), max_length=40, choices=KINDS)
    task = models.CharField(max_length=100)
    state = models.CharField(_("state"), max_length=8, choices=STATES, default="queued")
    done = models.BigIntegerField(_("done"), default=0)
    total = models.BigIntegerField(_("of"))
    error = models.JSONField(_("error"), null=True, blank=True)
    result = models.JSONField(_("result"), default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("asked for"))
    started_at = models.DateTimeField(_("started"), null=True)
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        """Constraints and indexes."""

        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="job_done_between_zero_and_total",
                condition=models.Q(done__gte=0) & models.Q(done__lte=models.F("total")),
            ),
            models.CheckConstraint(
                name="job_is_done_when_all_is_done",
                condition=~models.Q(state="done") | models.Q(done=models.F("total")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["touched_at"], condition=models.Q(state__in=OPEN), name="job_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
