"""Celery's task as ours: what runs by the timetable leaves a note of how it went."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from celery import Task
from django.db import DatabaseError
from django.utils import timezone

_BEGAN = "punchcard_began"  # an attribute of the request, which lives as long as the run
logger = logging.getLogger(__name__)


class NotedTask(Task):  # type: ignore[type-arg]  # it is generic in its stubs alone
    """A task whose last run the operations page can tell, if it is in the timetable."""

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Remember when it began."""
        setattr(self.request, _BEGAN, time.monotonic())

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
        """Note what it returned."""
        self._note(retval if isinstance(retval, Mapping) else {}, "")

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """Note what it raised."""
        self._note({}, f"{type(exc).__name__}: {exc}")

    def _note(self, result: Mapping[str, object], error: str) -> None:
        timetable = self.app.conf.beat_schedule.values()
        if self.name not in {entry["task"] for entry in timetable}:
            return
        from events.services.note_task_run import note_task_run  # models need Django set up

        began = getattr(self.request, _BEGAN, None)
        try:
            note_task_run(
                name=self.name,
                ended_at=timezone.now(),
                seconds=0.0 if began is None else time.monotonic() - began,
                result=result,
                error=error,
            )
        except DatabaseError as failure:  # a note is not worth failing a task for
            logger.warning("could not note the run of %s: %s", self.name, failure)
