"""A long file costs a worker no memory, and one that is killed costs nobody the file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from config.local_services import BASE_DIR
from jobs.models import Job
from reporting.exports import FileKind
from reporting.services.make_partitions import make_partitions
from reporting.services.start_export import start_export
from tests.addresses import database_url

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 1_000_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 40_000
MOST = 150 * 1024
"""In kilobytes."""
# What a worker's process does with the job, and the most memory that program ever held, in
# kilobytes. (The `ru_maxrss` of a process begins with what the one that started it held.)
WORKER = """
import sys, django
django.setup()
from reporting.tasks import export
state = export(int(sys.argv[1]))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(state, peak.split()[1])
"""
# The same, of a report that says when it is halfway, and goes no further.
STUCK = """
import itertools, sys, time, django
from dataclasses import replace
django.setup()
from reporting import tasks
table_of = tasks.table_of

def stuck(table):
    yield from itertools.islice(table.rows, 20_000)
    print("halfway", flush=True)
    time.sleep(3600)

tasks.table_of = lambda *asked: replace(table := table_of(*asked), rows=stuck(table))
tasks.export(int(sys.argv[1]))
"""
FILL = """
INSERT INTO point_report_detail (
    operation_id, loyalty_program_id, card_id, transaction_type, transaction_date, local_time,
    points_earned, points_redeemed, points_expired, points_adjusted, points_amount, balance, origin)
SELECT n, 1, n %% 1000, 'earn', %(at)s, %(at)s::timestamptz AT TIME ZONE 'UTC', 5, 0, 0, 0, 5, 5,
       'order ' || n
FROM generate_series(1, %(rows)s) AS n
"""


def fill() -> None:
    """Write so many facts of points."""
    now = timezone.now()
    make_partitions(at=now)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"at": now, "rows": ROWS})


def start(kind: FileKind) -> int:
    today = timezone.now().date().isoformat()
    parameters = {"date_from": today, "date_to": today}
    return start_export(
        report="points/transactions",
        parameters=parameters,
        kind=kind,
        rows=ROWS,
        language="en",
        created_by=None,
        at=timezone.now(),
    ).job_id


def work(job_id: int, folder: Path, program: str = WORKER) -> subprocess.Popen[str]:
    """Start a worker's process for the job; its files go to the folder."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "MEDIA_ROOT": str(folder),
    }
    line = [sys.executable, "-c", program, str(job_id)]
    pipe = subprocess.PIPE
    return subprocess.Popen(line, cwd=BASE_DIR, env=environment, stdout=pipe, text=True)


@pytest.mark.parametrize("kind", FileKind)
def test_a_long_file_is_written_in_little_memory(tmp_path: Path, kind: FileKind) -> None:
    fill()
    job_id = start(kind)

    said, _ = work(job_id, tmp_path).communicate()

    state, peak = said.split()
    (file,) = (tmp_path / "exports").iterdir()
    print(f"{kind}: {ROWS:,} rows, {int(peak) // 1024} MB, {file.stat().st_size:,} bytes")
    assert state == "done"
    assert int(peak) < MOST
    if kind is FileKind.CSV:
        with file.open("rb") as lines:
            assert sum(1 for _ in lines) == ROWS + 1


def test_a_killed_worker_is_followed_by_one_that_writes_the_whole_file(tmp_path: Path) -> None:
    fill()
    job_id = start(FileKind.CSV)
    first = work(job_id, tmp_path, STUCK)
    assert first.stdout is not None
    assert first.stdout.readline() == "halfway\n"
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert not (tmp_path / "exports").exists()
    assert Job.objects.get(pk=job_id).state == "running"

    said, _ = work(job_id, tmp_path).communicate()

    assert said.startswith("done")
    (file,) = (tmp_path / "exports").iterdir()
    with file.open("rb") as lines:
        assert sum(1 for _ in lines) == ROWS + 1
