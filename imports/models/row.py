"""What is known of the rows of other systems."""

from django.db import models
from django.utils.translation import gettext_lazy as _

ROW_STATES = [
    ("loaded", _("Loaded")),
    ("refused", _("Refused")),
    ("left_out", _("Left out")),
]


class ImportedRow(models.Model):
    """A row of another system, by its key there, and what it is here.

    `digest`: of what was loaded, so that a row is loaded again only if it says something else.
    `ref`, `target_id`: what it became here. `held`: what the next change needs to know (the
    balance there, the kind of points). `faults`: why it was refused, or what was mended.
    """

    source = models.CharField(_("source"), max_length=32)
    table = models.CharField(_("table"), max_length=32)
    key = models.CharField(_("key there"), max_length=128)
    state = models.CharField(_("state"), max_length=8, choices=ROW_STATES)
    digest = models.CharField(max_length=64, blank=True)
    ref = models.CharField(_("reference here"), max_length=64, blank=True)
    target_id = models.BigIntegerField(null=True)
    held = models.JSONField(default=dict)
    faults = models.JSONField(_("what is wrong"), default=list)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        """Constraints and indexes."""

        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        ordering = ["source", "table", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "table", "key"], name="one_row_per_key_and_source"
            ),
        ]
        indexes = [
            models.Index(
                fields=["source", "table", "id"],
                condition=models.Q(state="refused"),
                name="refused_row",
            ),
            models.Index(fields=["source", "table", "ref"], name="imported_row_by_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.table}:{self.key}"
