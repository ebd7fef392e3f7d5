"""The weekly schedule as a form field: some weekdays, from an hour to an hour, repeatedly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

MOST_WINDOWS = 14
_TIME = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)(:\d\d)?$")
Window = dict[str, Any]


class ScheduleWidget(forms.Widget):
    """Rows of weekday boxes and two times; the last row is empty and adds a window."""

    template_name = "promotions/schedule_widget.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the template one row per window and an empty one."""
        context = super().get_context(name, value, attrs)
        windows = [*(value or []), {"weekdays": [], "start": "", "end": ""}]
        context["rows"] = [
            {
                "prefix": f"{name}-{index}",
                "days": [
                    {
                        "value": weekday,
                        "label": WEEKDAYS_ABBR[weekday],
                        "title": WEEKDAYS[weekday],
                        "checked": weekday in window.get("weekdays", ()),
                    }
                    for weekday in range(7)
                ],
                "start": str(window.get("start") or "")[:5],
                # Midnight ends a day where it is an end; it would look like the day's begin.
                "end": str(window.get("end") or "")[:5].replace("00:00", "24:00"),
            }
            for index, window in enumerate(windows[:MOST_WINDOWS])
        ]
        return context

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Draw it with the product's templates; a form's own renderer knows only Django's."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> list[Window] | None:
        """Return the windows that were filled in, in order; rows left empty are none."""
        windows: list[Window] = []
        for index in range(MOST_WINDOWS):
            prefix = f"{name}-{index}"
            days = data.getlist(f"{prefix}-days") if hasattr(data, "getlist") else []
            start = str(data.get(f"{prefix}-start", "")).strip()
            end = str(data.get(f"{prefix}-end", "")).strip()
            if days or start or end:
                windows.append(
                    {
                        "weekdays": sorted({int(day) for day in days if day in set("0123456")}),
                        "start": start,
                        "end": end,
                    }
                )
        return windows or None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Unchecked boxes send nothing, so nothing is never an omission."""
        return False

    def id_for_label(self, id_: str) -> str:
        """Point the label at the group, whose parts have labels of their own."""
        return ""


class ScheduleField(forms.Field):
    """A list of weekly windows as `PromotionProgram.schedule` keeps them, or None for any time."""

    widget = ScheduleWidget
    default_error_messages = {
        "time": _("“%(time)s” is not a time of day; write it like 17:00."),
        "hours": _("A window needs both hours, or neither for whole days."),
    }

    def clean(self, value: list[Window] | None) -> list[Window] | None:
        """Return the windows with every day when no day, and whole days when no hour is chosen.

        Raises: ValidationError for what is not a time.
        """
        if not value:
            return None
        return [self._window(one) for one in value]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what would be stored, so that an untouched schedule is not a change."""
        try:
            return _as_typed(initial) != self.clean(data)
        except ValidationError:
            return True

    def _window(self, given: Window) -> Window:
        start, end = given["start"], given["end"]
        if bool(start) != bool(end):
            raise ValidationError(self.error_messages["hours"], code="hours")
        return {
            "weekdays": given["weekdays"] or list(range(7)),
            "start": self._time(start or "00:00"),
            "end": "24:00" if end in ("", "24:00") else self._time(end),
        }

    def _time(self, written: str) -> str:
        if not _TIME.match(written):
            raise ValidationError(
                self.error_messages["time"], code="time", params={"time": written}
            )
        hour, minute = (int(part) for part in written.split(":")[:2])
        return f"{time(hour, minute):%H:%M}"


def _as_typed(stored: list[Window] | None) -> list[Window] | None:
    """Return stored windows with the midnight that ends a day written as 24:00."""
    if not stored:
        return None
    return [{**one, "end": one["end"].replace("00:00", "24:00")} for one in stored]
