"""Note when a task of the timetable ran, and how it went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from events.models import TaskRun


@dataclass(frozen=True, slots=True)
class TaskRunNoted:
    """The task whose last run is known now."""

    name: str


def note_task_run(
    *, name: str, ended_at: datetime, seconds: float, result: Mapping[str, object], error: str
) -> TaskRunNoted:
    """Keep the run as the task's last one; `error` empty: it went well.

    Raises: nothing of its own.
    Writes: events_taskrun.
    Safe under: concurrency; the later writer wins.
    """
    fields = {
        "ended_at": ended_at,
        "seconds": seconds,
        "succeeded": not error,
        "result": dict(result),
        "error": error[:10_000],
    }
    if not error:
        fields["succeeded_at"] = ended_at
    TaskRun.objects.update_or_create(name=name, defaults=fields)
    return TaskRunNoted(name)
