"""Who changed what of a program, and when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

ACTIONS = [
    ("created", _("Created")),
    ("edited", _("Edited")),
    ("submitted", _("Sent for review")),
    ("sent_back", _("Sent back")),
    ("published", _("Published")),
    ("paused", _("Paused")),
    ("archived", _("Archived")),
    ("rolled_back", _("Rolled back")),
]
EDITS = ("created", "edited")
#: What makes the edits before it nobody's concern: a draft that others have seen took their place.
SETTLED = ("published", "rolled_back")


class ProgramChange(models.Model):
    """One thing that somebody did to a program. `definition`: the draft after it.

    Rows are only ever added; `version`: what was published, or gone back to.
    """

    program = models.ForeignKey(
        "promotions.PromotionProgram", on_delete=models.CASCADE, related_name="changes"
    )
    action = models.CharField(_("what"), max_length=12, choices=ACTIONS)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("when"))
    definition = models.JSONField(null=True)
    version = models.ForeignKey(
        "promotions.ProgramVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=400, blank=True)

    class Meta:
        """Indexes."""

        verbose_name = _("change")
        verbose_name_plural = _("history")
        ordering = ["-id"]
        indexes = [models.Index(fields=["program", "id"], name="change_by_program")]

    def __str__(self) -> str:
        return f"{self.program_id} {self.action}"
