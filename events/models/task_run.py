"""When what runs by the clock ran last, and what it said."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskRun(models.Model):
    """The last run of a task of the timetable, and the last one that went well."""

    name = models.CharField(_("task"), max_length=128, unique=True)
    ended_at = models.DateTimeField(_("last run"))
    seconds = models.FloatField(_("seconds"))
    succeeded = models.BooleanField(_("succeeded"))
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), default="")
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        """Shown on the operations page alone."""

        verbose_name = _("task run")
        verbose_name_plural = _("task runs")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
