"""An import is noted with what it came to, or why it broke off."""

from __future__ import annotations

import pytest

from imports.errors import SourceUnreachable
from imports.models import ImportRun
from imports.outcome import Tally
from imports.services.load_batch import BatchLoaded
from imports.services.run_import import run_import
from tests.imports.conftest import NOW

pytestmark = pytest.mark.django_db


def test_an_import_that_breaks_off_is_noted_with_what_it_did() -> None:
    def work(tally: Tally) -> None:
        tally.add("partners", BatchLoaded(made=2))
        raise SourceUnreachable(address="odoo.example")

    with pytest.raises(SourceUnreachable):
        run_import(source="odoo", origin="there", work=work, dry_run=False, at=NOW)
    run = ImportRun.objects.get()
    assert (run.state, run.origin, run.counts["partners"]["made"]) == ("failed", "there", 2)
    assert run.error is not None
    assert run.error["code"] == "source_unreachable"
    assert run.finished_at is not None


def test_what_is_only_tried_is_not_noted() -> None:
    def work(tally: Tally) -> None:
        ImportRun.objects.create(source="x", origin="x", started_at=NOW)
        tally.add("partners", BatchLoaded(made=1))

    done = run_import(source="odoo", origin="there", work=work, dry_run=True, at=NOW)
    assert (done.run_id, done.tally.counts["partners"]["made"]) == (None, 1)
    assert ImportRun.objects.count() == 0


def test_a_run_that_was_killed_is_told_by_the_next() -> None:
    killed = ImportRun.objects.create(source="odoo", origin="there", started_at=NOW)
    other = ImportRun.objects.create(source="files", origin="there", started_at=NOW)
    run_import(source="odoo", origin="there", work=lambda _tally: None, dry_run=False, at=NOW)
    killed.refresh_from_db()
    other.refresh_from_db()
    assert (killed.state, killed.error) == ("failed", {"code": "broken_off", "detail": "killed"})
    assert other.state == "running"
