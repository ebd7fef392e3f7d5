"""Handing jobs to the workers."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def send(task: str, job_id: int) -> None:
    """Send a job to the workers; with the broker down it stays noted, and is sent again later."""
    try:
        current_app.send_task(task, [job_id], retry=False)
    except OperationalError as error:
        log.warning("job %s waits: the broker is down (%s)", job_id, error)
