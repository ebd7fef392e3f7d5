"""How far the rows of other systems were read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportWatermark(models.Model):
    """Of one table of a source: the newest change that was read, and where a pass stands.

    `mark`: all rows changed up to then were read. A pass reads rows changed since `since` in the
    order of their ids; `last_id` is committed with the rows, so that a pass that was killed goes
    on behind them. `ceiling`: the newest change there when the pass began; it becomes the mark.
    """

    source = models.CharField(_("source"), max_length=32)
    table = models.CharField(_("table"), max_length=32)
    mark = models.DateTimeField(_("read up to"), null=True)
    in_pass = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)
    ceiling = models.DateTimeField(null=True)
    last_id = models.BigIntegerField(default=0)

    class Meta:
        """Constraints."""

        verbose_name = _("watermark")
        verbose_name_plural = _("watermarks")
        ordering = ["source", "table"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "table"], name="one_watermark_per_table_and_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.table}"
