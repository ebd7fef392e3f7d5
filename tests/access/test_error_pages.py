"""What people see where there is no page: words, a way on, their language, never a stack trace."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

import config.till


def test_an_address_that_leads_nowhere_says_so_and_leads_on(client: Client) -> None:
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    page = answer.content.decode()
    assert "There is no such page" in page
    assert 'href="/admin/"' in page
    assert "nothing-here" not in page


def test_it_is_said_in_the_readers_language(client: Client) -> None:
    page = client.get("/nothing-here", headers={"accept-language": "id"}).content.decode()
    assert '<html lang="id">' in page
    assert "Halaman ini tidak ada" in page


@pytest.mark.django_db
def test_a_page_for_another_role_is_refused_in_words(client: Client) -> None:
    call_command("set_up_roles", verbosity=0)
    ana = get_user_model().objects.create_user("ana", is_staff=True)
    ana.groups.add(Group.objects.get(name="manager"))
    client.force_login(ana)
    answer = client.get("/admin/promotions/promotionprogram/add/")
    assert answer.status_code == 403
    assert "Your role does not include this page" in answer.content.decode()


def test_a_fault_of_ours_shows_no_stack_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(config.till, "render", fails)
    answer = Client(raise_request_exception=False).get("/till/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something went wrong on our side" in page
    assert "secret detail" not in page
    assert "Traceback" not in page
