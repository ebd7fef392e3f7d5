"""What documents, the compose file and the timetable name is there."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import yaml
from celery.schedules import crontab, schedule
from django.core.management import get_commands

from config.celery import app
from tests.house.tree import BASE_DIR

NAMED = re.compile(r"manage\.py\s+([a-z_]+)")
TEXTS = ["Makefile", "Dockerfile", "docker-compose.yml", ".ci/*", "*.md"]
DOCUMENTS = [path for text in [*TEXTS, "docs/**/*.md"] for path in sorted(BASE_DIR.glob(text))]


def test_every_command_that_is_named_exists() -> None:
    known = get_commands().keys() | {"help"}
    named = {
        (path.name, command) for path in DOCUMENTS for command in NAMED.findall(path.read_text())
    }
    assert len(named) > 10
    assert {one for one in named if one[1] not in known} == set()


def test_the_timetable_names_tasks_that_exist() -> None:
    app.finalize()
    app.loader.import_default_modules()
    timetable = app.conf.beat_schedule
    assert timetable
    for name, entry in timetable.items():
        assert entry["task"] in app.tasks, name
        assert isinstance(entry["schedule"], (crontab, schedule, timedelta)), name


def test_every_task_without_arguments_has_its_time() -> None:
    app.finalize()
    app.loader.import_default_modules()
    regular = {entry["task"] for entry in app.conf.beat_schedule.values()}
    ours = {
        name
        for name, task in app.tasks.items()
        if not name.startswith("celery.") and task.run.__code__.co_argcount == 0
    }
    assert ours - regular == set()


def test_the_compose_file_starts_the_processes_of_production() -> None:
    services = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]
    ours = {name: one for name, one in services.items() if "build" in one}
    assert ours.keys() == {"migrate", "web", "live", "grpc", "consumers", "worker", "beat"}
    assert services.keys() - ours.keys() == {"postgres", "valkey"}
    web = services["web"]
    assert web["environment"]["PROMETHEUS_MULTIPROC_DIR"] == web["tmpfs"][0].partition(":")[0]
    for name, one in ours.items():
        assert one["environment"]["DATABASE_URL"].startswith("postgres://"), name
        assert one["environment"]["REDIS_URL"].startswith("redis://"), name
        for needed, state in one["depends_on"].items():
            has_check = "healthcheck" in services[needed]
            assert has_check == (state["condition"] == "service_healthy"), (name, needed)


def test_the_image_copies_files_that_exist() -> None:
    for line in (BASE_DIR / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from=" not in line:
            *sources, _ = line.removeprefix("COPY ").split()
            assert all((BASE_DIR / Path(source)).exists() for source in sources), line
