"""Published versions: what orders are decided by, never edited."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CatalogState(models.Model):
    """The one row that counts catalog versions. It is locked to publish and read by every quote."""

    version = models.BigIntegerField()

    class Meta:
        """Constraints; a trigger refuses to delete the row or to count back."""

        constraints = [
            models.CheckConstraint(name="one_catalog_counter", condition=models.Q(pk=1)),
        ]

    def __str__(self) -> str:
        return str(self.version)


class CatalogVersion(models.Model):
    """When a catalog version came in force: what was in force at the time of a sale is known."""

    version = models.BigIntegerField(primary_key=True)
    since = models.DateTimeField()

    class Meta:
        """Indexes."""

        indexes = [models.Index(fields=["since"], name="catalog_version_by_time")]

    def __str__(self) -> str:
        return str(self.version)


class ProgramVersion(models.Model):
    """One published version of a program.

    It is in force for the catalog versions from `catalog_from` up to, not including,
    `catalog_to` (None: until further notice), so the catalog of any past version can be
    rebuilt. A trigger refuses deleting a version and any change but closing it.
    """

    program = models.ForeignKey(
        "promotions.PromotionProgram", on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("number"))
    definition = models.JSONField(_("definition"))
    catalog_from = models.BigIntegerField()
    catalog_to = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("published by"),
    )

    class Meta:
        """Constraints and indexes."""

        verbose_name = _("published version")
        verbose_name_plural = _("published versions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "number"], name="version_number_once_per_program"
            ),
            models.UniqueConstraint(
                fields=["program"],
                condition=models.Q(catalog_to__isnull=True),
                name="one_version_in_force_per_program",
            ),
            models.CheckConstraint(
                name="version_closes_after_it_opens",
                condition=models.Q(catalog_to__isnull=True)
                | models.Q(catalog_to__gt=models.F("catalog_from")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["catalog_from"],
                condition=models.Q(catalog_to__isnull=True),
                name="version_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} v{self.number}"


class PublishedCode(models.Model):
    """A rule's code of a version in force; two programs in force cannot share one."""

    code_key = models.CharField(max_length=64)
    program = models.ForeignKey(
        "promotions.PromotionProgram", on_delete=models.CASCADE, related_name="published_codes"
    )

    class Meta:
        """Constraints."""

        constraints = [
            models.UniqueConstraint(fields=["code_key"], name="code_of_one_published_program"),
        ]

    def __str__(self) -> str:
        return self.code_key
