"""What is wrong with a row is stored without a language, and told in that of who reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override

from imports.models import ImportedRow
from imports.wording import told, why_it_ended
from jobs.api.jobs import job_answer
from jobs.models import Job
from tests.imports.test_files import load

pytestmark = pytest.mark.django_db
HEADER = "sku,name,price,category\n"


@pytest.fixture
def refused(tmp_path: Path) -> ImportedRow:
    """Have a row refused by a service while Indonesian is spoken."""
    path = tmp_path / "products.csv"
    path.write_text(f"{HEADER}NEG,Minus,-1,\n")
    with override("id"):
        load(path, "products")
    return ImportedRow.objects.get()


def in_indonesian(fault: dict[str, Any]) -> str:
    with override("id"):
        return told(fault)[0]


def test_a_refusal_is_stored_as_code_words_and_facts(refused: ImportedRow) -> None:
    (fault,) = refused.faults
    assert (fault["code"], fault["detail"]) == ("out_of_range", "Must be at least %(least)s.")
    assert fault["facts"] == {"least": "0"}


def test_it_is_told_in_the_language_of_the_page(refused: ImportedRow) -> None:
    assert told(refused.faults[0])[0] == "Must be at least 0."
    assert in_indonesian(refused.faults[0]) == "Paling sedikit 0."
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    for page in ("", f"{refused.pk}/change/", "faults.csv"):
        address = f"/admin/imports/importedrow/{page}"
        for language, sentence in (("en", "Must be at least 0."), ("id", "Paling sedikit 0.")):
            answer = client.get(address, headers={"Accept-Language": language})
            assert sentence in answer.getvalue().decode(), (page, language)


def test_rows_of_earlier_versions_are_told_as_they_are() -> None:
    plain = {"field": "sku", "code": "invalid", "facts": {}, "mended": False}
    filled_in = plain | {"detail": "Must be at least 0."}
    assert told(filled_in)[0] == "Must be at least 0."
    assert in_indonesian(filled_in) == "Must be at least 0."
    whole = plain | {"detail": "This is no email address."}
    assert in_indonesian(whole) == "Ini bukan alamat email."
    # What was sent then may look like a place for a fact.
    odd = plain | {"detail": "There is no “%(name)s”."}
    assert told(odd)[0] == "There is no “%(name)s”."
    known = plain | {"detail": "The card is blocked.", "facts": {"card": "A"}}
    assert told(known)[0] == "The card is blocked. (card: A)"


def test_what_is_too_long_has_words_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"ref,at,pos_config,sku,qty\none,2026-01-31,{'x' * 65},TEA,1\n")
    load(path, "orders")
    (fault,) = ImportedRow.objects.get().faults
    assert (fault["field"], fault["code"], fault["facts"]) == (
        "pos_config", "too_long", {"most": "64"}
    )  # fmt: skip
    assert told(fault)[0] == "It has more than 64 characters."
    assert in_indonesian(fault) == "Isinya lebih dari 64 karakter."


def test_what_ended_an_import_or_a_job_is_told_in_the_language_of_who_asks() -> None:
    error = {"code": "source_lacks", "detail": "There is no such job, or it is somebody else's."}
    facts = {"facts": {"table": "loyalty_card"}}
    job = Job(kind="import", error=error)
    sentence = "There is no such job, or it is somebody else's."
    assert why_it_ended(error | facts) == f"source_lacks: {sentence} (table: loyalty_card)"
    assert job_answer(job)["error"]["detail"] == sentence
    with override("id"):
        assert sentence not in why_it_ended(error | facts)
        assert sentence not in job_answer(job)["error"]["detail"]
    old = {"code": "source_lacks", "detail": "It is not there (table=loyalty_card)"}
    assert why_it_ended(old) == f"source_lacks: {old['detail']}"
