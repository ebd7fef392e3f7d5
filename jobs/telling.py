"""Writing how far a job is where others see it before the job's own transaction ends."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from jobs.progress import JobIsOver

SECONDS_BETWEEN_TELLINGS = 1.0
_TELL = """
UPDATE jobs_job SET done = least(%s, total), state = 'running', touched_at = %s,
       started_at = coalesce(started_at, %s)
WHERE id = %s AND state IN ('queued', 'running')
"""


@dataclass(slots=True)
class Teller:
    """Writes through a connection of its own. Close it."""

    job_id: int
    link: BaseDatabaseWrapper = field(default_factory=lambda: connection.copy())  # noqa: PLW0108 - of this thread
    told_at: float = 0.0

    def tell(self, done: int) -> None:
        """Write it, at most once a second. Raises: JobIsOver."""
        if time.monotonic() - self.told_at >= SECONDS_BETWEEN_TELLINGS:
            self.write(done)

    def write(self, done: int) -> None:
        """Write it. Raises: JobIsOver."""
        self.told_at = time.monotonic()
        now = timezone.now()
        with self.link.cursor() as cursor:
            cursor.execute(_TELL, (done, now, now, self.job_id))
            if not cursor.rowcount:
                raise JobIsOver

    def close(self) -> None:
        """Give the connection back."""
        self.link.close()
