"""The Celery application, and its timetable gathered from the apps.

An app's `tasks.py` may name what runs regularly in a constant
`SCHEDULE: dict[str, dict[str, object]]`, in the form of Celery's beat_schedule.
"""

import os
from importlib import import_module
from importlib.util import find_spec

from celery import Celery
from celery.signals import beat_init, worker_init

from config.local_services import hold_if_local

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
APPS = ("access", "jobs", "events", "loyalty", "promotions", "reporting", "imports")

app = Celery("punchcard", task_cls="config.noted_task:NotedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def gather_timetable(sender: Celery, **_: object) -> None:
    """Read the timetable of every app that has one."""
    for name in APPS:
        if find_spec(f"{name}.tasks") is not None:
            sender.conf.beat_schedule |= getattr(import_module(f"{name}.tasks"), "SCHEDULE", {})


@worker_init.connect
@beat_init.connect
def hold_servers(**_: object) -> None:
    """Keep the local servers up for as long as this process lives."""
    hold_if_local()
