"""The forms that start imports: of a file, and of the Odoo that the environment names."""

from __future__ import annotations

from typing import Any

import orjson
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from imports.files.kinds import KINDS
from imports.files.reading import SUFFIXES
from imports.models.asked import WHAT

_MOST_COLUMNS = 20


class HowForm(forms.Form):
    """What both forms ask."""

    dry_run = forms.BooleanField(
        label=_("Only try it"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Everything is done and taken back: what would be refused is told."),
    )


class FileImportForm(HowForm):
    """A file, and what it holds."""

    what = forms.ChoiceField(
        label=_("What it holds"),
        choices=[(key, label) for key, label in WHAT if key in KINDS],
        widget=UnfoldAdminSelectWidget,
    )
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ",".join(SUFFIXES)}),
    )
    source = forms.RegexField(
        regex=r"^[A-Za-z_][A-Za-z0-9_]{0,15}$",
        label=_("Where it comes from"),
        initial="files",
        widget=UnfoldAdminTextInputWidget,
        help_text=_(
            "A short name in letters, digits and underscores. Rows are remembered under it, so use "
            "the same one for a newer file."
        ),
    )
    columns = forms.CharField(
        label=_("Columns with other names"),
        required=False,
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_('JSON from our field to the file\'s column: {"sku": "ItemNo"}'),
    )
    field_order = ("what", "file", "source", "columns", "dry_run")

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is kept anywhere."""
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_FILE_MB * 1024 * 1024:
            raise forms.ValidationError(
                _("Files have at most %(most)s MB; import larger ones with the command."),
                params={"most": settings.IMPORT_FILE_MB},
            )
        return file

    def clean_columns(self) -> dict[str, str]:
        """Return the mapping."""
        text = self.cleaned_data["columns"].strip()
        if not text:
            return {}
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            found = None
        is_mapping = isinstance(found, dict) and len(found) <= _MOST_COLUMNS
        if not is_mapping or not all(isinstance(one, str) for one in found.values()):
            raise forms.ValidationError(_('Write an object such as {"sku": "ItemNo"}.'))
        return dict(found)


class OdooImportForm(HowForm):
    """How much of the Odoo is read."""

    full = forms.BooleanField(
        label=_("Read everything again"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Otherwise only what changed there since the last import."),
    )
    field_order = ("full", "dry_run")
