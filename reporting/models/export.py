"""Reports as files that are too long to be sent at once."""

from django.conf import settings
from django.db import models


class ReportExport(models.Model):
    """A report that a job writes into a file. `file`: its name in the storage `exports`.

    `parameters`: the report's, as its address would have them. `rows`: as counted when it was
    asked for, then as written. `file` is empty before it is written and after it expired.
    """

    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT, related_name="+")
    report = models.CharField(max_length=40)
    parameters = models.JSONField()
    kind = models.CharField(max_length=4)
    language = models.CharField(max_length=8)
    rows = models.BigIntegerField()
    file = models.CharField(max_length=100, blank=True)
    size = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        """Indexes."""

        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=~models.Q(file=""), name="export_with_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.pk}"
