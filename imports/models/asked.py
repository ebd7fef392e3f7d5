"""Imports that somebody asked for on a page; a job makes them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

WHAT = [
    ("odoo", _("Odoo")),
    ("pos_configs", _("Points of sale")),
    ("products", _("Products")),
    ("partners", _("Members")),
    ("cards", _("Cards with points")),
    ("orders", _("Orders of the past")),
]


class AskedImport(models.Model):
    """One import asked for. `what`: an Odoo, or what the rows of the file are.

    `file`: its name in the storage `imports`, until it was read; `file_name`: as it was uploaded.
    `columns`: our fields to the file's columns. `counts`, `balances`, `faults`: what it came to,
    of faults the first ones; all of them are in `refused_file`, until `expires_at`.
    `run`: None for one that was only tried.
    """

    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(_("what"), max_length=16, choices=WHAT)
    source = models.CharField(_("source"), max_length=16)
    file = models.CharField(max_length=100, blank=True)
    file_name = models.CharField(_("file"), max_length=150, blank=True)
    columns = models.JSONField(default=dict)
    dry_run = models.BooleanField(_("only tried"), default=False)
    full = models.BooleanField(_("everything again"), default=False)
    language = models.CharField(max_length=8)
    run = models.ForeignKey(
        "imports.ImportRun", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    counts = models.JSONField(_("rows"), default=dict)
    balances = models.JSONField(_("balances"), default=list)
    balances_equal = models.BooleanField(null=True)
    faults = models.JSONField(default=list)
    faults_count = models.PositiveIntegerField(_("faults"), default=0)
    refused_file = models.CharField(max_length=100, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    created_at = models.DateTimeField(_("asked for"))
    expires_at = models.DateTimeField(null=True)

    class Meta:
        """Names, order, who may start one."""

        verbose_name = _("import asked for")
        verbose_name_plural = _("imports asked for")
        ordering = ["-id"]
        permissions = [("start_import", "Can start imports")]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=~models.Q(refused_file=""), name="import_with_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.pk}"
