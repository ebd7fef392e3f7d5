"""Imports that are started on a page, made by a worker, and followed there."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from imports.errors import ImportFileTooLarge, OdooNotConfigured, UnreadableFile
from imports.models import AskedImport, ImportedRow, ImportRun
from imports.outcome import LOCK
from imports.services.delete_expired_imports import delete_expired_imports
from imports.services.start_import import ImportStarted, start_import
from imports.services.work_on_import import work_on_import
from jobs.models import Job
from jobs.services.stop_job import stop_job
from loyalty.models import LoyaltyCard, Partner
from promotions.models import Product
from tests.imports.conftest import OdooShop, address_of

pytestmark = pytest.mark.django_db(transaction=True)
PRODUCTS = b"sku,name,price\nTEA,Tea,5\nCUP,Cup,many\n=X,Pot,9\n"
PAGES = "/admin/imports/askedimport/"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Keep the files in a folder of the test's own."""
    held = settings.STORAGES["imports"]
    options = {**held["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "imports": {**held, "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def mira() -> Client:
    """Give the client of somebody who may start imports and nothing else."""
    return _staff("mira", "start_import")


def _staff(name: str, *permissions: str) -> Client:
    user = User.objects.create_user(name, password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def upload(content: bytes = PRODUCTS, name: str = "products.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def ask(**changed: Any) -> ImportStarted:
    """Ask for an import of the products."""
    given: dict[str, Any] = {
        "what": "products", "source": "files", "upload": upload(), "dry_run": False,
        "language": "en", "created_by": None, "at": timezone.now(),
    }  # fmt: skip
    return start_import(**given | changed)


def test_a_file_is_imported_by_a_worker_and_followed_on_its_page(
    mira: Client, folder: Path
) -> None:
    page = mira.get(f"{PAGES}file").content.decode()
    assert "CSV, JSON lines or Parquet." in page
    form = {"what": "products", "source": "files", "columns": "", "file": upload()}
    answer = mira.post(f"{PAGES}file", form)
    asked = AskedImport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGES}{asked.pk}/change/")
    assert (asked.file_name, asked.what, asked.dry_run) == ("products.csv", "products", False)
    assert mira.get(f"{PAGES}{asked.pk}/progress").json() == {
        "state": "queued", "done": 0, "total": 100
    }  # fmt: skip
    assert work_on_import(job_id=asked.job_id).state == "done"
    assert set(Product.objects.values_list("sku", flat=True)) == {"TEA", "=X"}
    assert mira.get(f"{PAGES}{asked.pk}/progress").json()["done"] == 100
    text = mira.get(f"{PAGES}{asked.pk}/change/").content.decode()
    assert "1 fault" in text
    assert "<td>price</td><td>“many” is no number.</td>" in text
    assert ImportRun.objects.get().origin == "products.csv"
    # The upload is gone; what was refused can be taken along.
    assert [one.name for one in folder.iterdir()] == [f"refused-{asked.pk}.csv"]
    file = mira.get(f"{PAGES}{asked.pk}/refused.csv")
    rows = list(csv.reader(file.getvalue().decode().splitlines()))
    assert rows[1][:4] == ["products", "CUP", "price", "number_unread"]


def test_an_import_that_is_only_tried_tells_and_writes_nothing(mira: Client) -> None:
    started = ask(dry_run=True, created_by=User.objects.get().pk)
    assert work_on_import(job_id=started.job_id).state == "done"
    asked = AskedImport.objects.get()
    assert asked.counts["products"]["made"] == 2
    assert (asked.faults_count, asked.run) == (1, None)
    assert not Product.objects.exists()
    assert not ImportedRow.objects.exists()
    assert not ImportRun.objects.exists()
    text = mira.get(f"{PAGES}{asked.pk}/change/").content.decode()
    assert "Nothing was written: this is what would be done." in text


def test_a_worker_that_gets_the_job_twice_does_it_once() -> None:
    started = ask()
    assert work_on_import(job_id=started.job_id).state == "done"
    assert work_on_import(job_id=started.job_id).state is None
    assert ImportRun.objects.count() == 1


def test_imports_of_one_source_wait_for_each_other() -> None:
    started = ask()
    with psycopg.connect(address_of(connection.settings_dict["NAME"])) as other:
        other.execute("SELECT pg_advisory_lock(%s, hashtext('files'))", [LOCK])
        assert work_on_import(job_id=started.job_id).state is None
        assert not Product.objects.exists()
        assert Job.objects.get().state == "running"
    assert work_on_import(job_id=started.job_id).state == "done"
    assert Product.objects.count() == 2


def test_one_that_was_stopped_is_not_begun(folder: Path) -> None:
    started = ask()
    stop_job(job_id=started.job_id, at=timezone.now())
    assert work_on_import(job_id=started.job_id).state is None
    assert not Product.objects.exists()
    assert delete_expired_imports(at=timezone.now()).files == 1
    assert list(folder.iterdir()) == []


def test_one_that_is_stopped_keeps_what_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imports.services.import_file._AT_ONCE", 1)
    monkeypatch.setattr("jobs.telling.SECONDS_BETWEEN_TELLINGS", 0)
    started, seen = ask(), list[int]()

    def stop_after_one(**given: Any) -> Any:
        done = load_batch(**given)
        seen.append(done.made)
        stop_job(job_id=started.job_id, at=timezone.now())
        return done

    from imports.services.load_batch import load_batch

    monkeypatch.setattr("imports.services.import_file.load_batch", stop_after_one)
    assert work_on_import(job_id=started.job_id).state == "stopped"
    assert (seen, Job.objects.get().state) == ([1], "stopped")
    assert Product.objects.get().sku == "TEA"


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"sku,price\nTEA,1\n", "p.csv", UnreadableFile),
        (b"\xff\xfe\x00\x01", "p.csv", UnreadableFile),
        (b"MZ", "p.exe", UnreadableFile),
        (b"not a parquet file", "p.parquet", UnreadableFile),
        (b"{}[]", "p.jsonl", UnreadableFile),
        (b'{"sku": "' + b"x" * (1 << 20) + b'"}', "p.jsonl", UnreadableFile),
        (b"x" * (2 * 1024 * 1024 + 1), "p.csv", ImportFileTooLarge),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_and_kept_nowhere(
    settings: Any, folder: Path, content: bytes, name: str, error: type[Exception]
) -> None:
    settings.IMPORT_FILE_MB = 2
    with pytest.raises(error) as refused:
        ask(upload=upload(content, name))
    assert refused.value.facts.get("file", name) == name  # type: ignore[attr-defined]
    assert (AskedImport.objects.count(), Job.objects.count()) == (0, 0)
    assert list(folder.iterdir()) == []


def test_the_form_says_what_is_wrong(mira: Client, settings: Any) -> None:
    def post(**given: Any) -> str:
        form = {"what": "products", "source": "files", "columns": "", "file": upload(), **given}
        answer = mira.post(f"{PAGES}file", form)
        assert answer.status_code == 200
        assert not AskedImport.objects.exists()
        return answer.content.decode()

    assert "cannot be read as what it was said to hold" in post(what="partners")
    assert "Write an object such as" in post(columns="[1]")
    assert "letters, digits and underscores" in post(source="my files!")
    settings.IMPORT_FILE_MB = 0
    assert "Files have at most 0 MB" in post()


def test_columns_are_mapped(mira: Client) -> None:
    content = b"No;Customer\n17;Ann\n"
    form = {
        "what": "partners", "source": "old", "columns": '{"ref": "No", "name": "Customer"}',
        "file": upload(content, "MEMBERS.CSV"),
    }  # fmt: skip
    assert mira.post(f"{PAGES}file", form).status_code == 302
    assert work_on_import(job_id=Job.objects.get().pk).state == "done"
    assert Partner.objects.get().name == "Ann"


def test_only_who_may_start_imports_sees_the_pages_and_only_ones_own(mira: Client) -> None:
    started = ask(created_by=User.objects.get().pk)
    work_on_import(job_id=started.job_id)
    own = f"{PAGES}{started.asked_id}"
    ways = (f"{own}/change/", f"{own}/progress", f"{own}/refused.csv")
    assert [mira.get(way).status_code for way in ways] == [200, 200, 200]
    other = _staff("other", "start_import")
    assert [other.get(way).status_code for way in ways] == [302, 404, 404]
    assert other.post(f"{own}/stop").status_code == 404
    assert f"{started.asked_id}/change" not in other.get(PAGES).content.decode()
    viewer = _staff("viewer", "view_askedimport", "view_importrun")
    for way in (*ways, PAGES, f"{PAGES}file", f"{PAGES}odoo"):
        assert viewer.get(way).status_code == 403, way
    assert viewer.post(f"{PAGES}odoo", {}).status_code == 403
    assert mira.get(f"{own}/stop").status_code == 405


def test_the_odoo_of_the_environment_is_imported(
    mira: Client, make_odoo: Callable[[str], OdooShop], settings: Any
) -> None:
    text = mira.get(f"{PAGES}odoo").content.decode()
    assert "No Odoo is configured" in text
    with pytest.raises(OdooNotConfigured):
        ask(what="odoo", source="", upload=None)
    shop = make_odoo("18")
    settings.ODOO_SOURCE, settings.ODOO_DATABASE_URL = "our odoo", shop.url
    with pytest.raises(OdooNotConfigured):
        ask(what="odoo", source="", upload=None)
    settings.ODOO_SOURCE = "odoo"
    settings.ODOO_DATABASE_URL = f"{shop.url} application_name=s3cret"
    text = mira.get(f"{PAGES}odoo").content.decode()
    assert "Reads postgresql://" in text
    assert "s3cret" not in text
    assert mira.post(f"{PAGES}odoo", {"full": "on"}).status_code == 302
    asked = AskedImport.objects.get()
    assert (asked.source, asked.full, asked.job.total) == ("odoo", True, 800)
    assert work_on_import(job_id=asked.job_id).state == "done"
    asked.refresh_from_db()
    assert LoyaltyCard.objects.filter(code="0444-gift").exists()
    assert asked.balances_equal is False
    text = mira.get(f"{PAGES}{asked.pk}/change/").content.decode()
    assert "Balances differ, or points were refused." in text
    assert "s3cret" not in str([*AskedImport.objects.values(), *ImportRun.objects.values()])


def test_an_odoo_that_does_not_answer_ends_the_job_with_the_reason(
    mira: Client, settings: Any
) -> None:
    settings.ODOO_DATABASE_URL = "host=127.0.0.1 port=1 user=reader password=hush dbname=odoo"
    started = ask(what="odoo", source="", upload=None, created_by=User.objects.get().pk)
    assert work_on_import(job_id=started.job_id).state == "failed"
    error = Job.objects.get().error or {}
    assert error["code"] == "source_unreachable"
    assert "hush" not in str(error)
    text = mira.get(f"{PAGES}{started.asked_id}/change/").content.decode()
    assert "The other system cannot be reached" in text


def test_lists_of_what_was_refused_go_after_some_days(folder: Path) -> None:
    started = ask()
    work_on_import(job_id=started.job_id)
    soon = timezone.now() + timedelta(days=6)
    assert delete_expired_imports(at=soon).files == 0
    assert delete_expired_imports(at=soon + timedelta(days=2)).files == 1
    asked = AskedImport.objects.get()
    assert (asked.refused_file, asked.faults, asked.faults_count) == ("", [], 1)
    assert list(folder.iterdir()) == []
