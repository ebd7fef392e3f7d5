"""A day, with a time of day only where it matters."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

# Both ends of a program's time are included, so a day ends a microsecond before the next one.
LAST = time(23, 59, 59, 999_999)
FIRST = time(0)


class InstantWidget(UnfoldAdminSplitDateTimeWidget):
    """Date and time side by side; the time is empty when it is the edge of the day."""

    edge = FIRST
    supports_microseconds = True  # the last moment of a day has them

    def decompress(self, value: datetime | None) -> tuple[date | None, time | None]:
        """Return the parts to show."""
        if value is None:
            return None, None
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        at = local.time()
        return local.date(), None if at == self.edge else at.replace(microsecond=0)


class EndWidget(InstantWidget):
    """The same for an end."""

    edge = LAST


class InstantField(forms.SplitDateTimeField):
    """An instant; a date without a time is its first moment, or its last for an end."""

    default_error_messages = {
        **forms.SplitDateTimeField.default_error_messages,
        "date_missing": _("Say which day."),
    }

    def __init__(self, *, is_end: bool = False, **kwargs: Any) -> None:
        self.edge = LAST if is_end else FIRST
        kwargs.setdefault("widget", EndWidget if is_end else InstantWidget)
        super().__init__(require_all_fields=False, required=False, **kwargs)
        for part in self.fields:
            part.required = False

    def compress(self, data_list: Any) -> datetime | None:
        """Return the instant in the current time zone. Raises: ValidationError without a day."""
        day, at = (*data_list, None, None)[:2] if data_list else (None, None)
        if day in (None, ""):
            if at not in (None, ""):
                raise ValidationError(self.error_messages["date_missing"], code="date_missing")
            return None
        assert isinstance(day, date)
        written = at if isinstance(at, time) else self.edge
        return timezone.make_aware(datetime.combine(day, written))
