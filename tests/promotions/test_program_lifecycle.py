"""Draft, published, paused, archived; and the switch `active`."""

import pytest
from django.utils import timezone

from events.models import Event
from promotions.errors import ProgramNotFound
from promotions.models import ProgramVersion, PublishedCode
from promotions.services.archive_program import archive_program
from promotions.services.pause_program import pause_program
from promotions.services.publish_program import publish_program
from tests.promotions.drafts import catalog_version
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def running(shop):
    """A promo code in force."""
    return shop.program("promo_code", rules=[{"code": "X"}], rewards=[discount("10")])


def act(shop, made, what):
    return shop.admin.ok("POST", f"programs/{made['id']}/{what}")


def refuse(shop, made, what):
    problem = shop.admin.call("POST", f"programs/{made['id']}/{what}")
    return shop.admin.status, problem["code"]


def test_a_paused_program_is_out_of_force_and_its_code_free(shop, running):
    before = catalog_version()
    paused = act(shop, running, "pause")
    assert (paused["state"], paused["version"]) == ("paused", None)
    assert ProgramVersion.objects.get().catalog_to == catalog_version() == before + 1
    assert not PublishedCode.objects.exists()
    assert Event.objects.filter(type="ProgramPaused", key=f"program:{running['id']}").count() == 1


def test_pausing_again_changes_nothing(shop, running):
    act(shop, running, "pause")
    before, events = catalog_version(), Event.objects.count()
    assert act(shop, running, "pause")["state"] == "paused"
    assert (catalog_version(), Event.objects.count()) == (before, events)


def test_publishing_resumes_with_a_new_version(shop, running):
    act(shop, running, "pause")
    resumed = act(shop, running, "publish")
    assert (resumed["state"], resumed["version"]) == ("published", 2)
    assert ProgramVersion.objects.filter(catalog_to__isnull=True).get().number == 2
    assert PublishedCode.objects.count() == 1


def test_a_draft_cannot_be_paused(shop):
    made = shop.program(rewards=[discount("10")], publish=False)
    assert refuse(shop, made, "pause") == (422, "program_not_published")


def test_an_archived_program_is_only_read(shop, running):
    archived = act(shop, running, "archive")
    assert (archived["state"], archived["version"]) == ("archived", None)
    assert not PublishedCode.objects.exists()
    before = catalog_version()
    for what in ("publish", "pause"):
        assert refuse(shop, running, what) == (422, "program_archived")
    shop.admin.call("PATCH", f"programs/{running['id']}", {"name": "Q"})
    assert shop.admin.status == 422
    assert shop.admin.call("POST", f"programs/{running['id']}/coupons", {"count": 1})
    assert shop.admin.status == 422
    assert act(shop, running, "archive") == archived
    assert catalog_version() == before
    assert Event.objects.filter(type="ProgramArchived").count() == 1
    assert len(shop.admin.ok("GET", f"programs/{running['id']}/versions")["results"]) == 1


def test_archiving_what_is_not_in_force_is_no_change_of_the_catalog(shop):
    made = shop.program(rewards=[discount("10")], publish=False)
    before = catalog_version()
    act(shop, made, "archive")
    assert catalog_version() == before


def test_a_program_that_is_switched_off_stays_out_of_force(shop):
    made = shop.program(rewards=[discount("10")], active=False)
    assert (made["state"], made["version"]) == ("paused", None)
    assert not ProgramVersion.objects.exists()


def test_switching_off_takes_effect_when_it_is_published(shop, running):
    path = f"programs/{running['id']}"
    switched = shop.admin.ok("PATCH", path, {"active": False})
    assert (switched["state"], switched["version"]) == ("published", 1)
    assert shop.admin.ok("PATCH", path, {"publish": True})["state"] == "paused"
    assert not PublishedCode.objects.exists()
    assert Event.objects.filter(type="ProgramPaused").count() == 1
    before = catalog_version()
    assert act(shop, running, "publish")["state"] == "paused"
    assert catalog_version() == before
    on = shop.admin.ok("PATCH", path, {"active": True, "publish": True})
    assert (on["state"], on["version"]) == ("published", 2)


def test_versions_are_listed_the_newest_first(shop, running):
    path = f"programs/{running['id']}"
    shop.admin.ok("PATCH", path, {"name": "Q", "publish": True})
    newest, oldest = shop.admin.ok("GET", f"{path}/versions")["results"]
    assert (newest["number"], newest["in_force"], newest["published_by"]) == (2, True, "root")
    assert newest["definition"]["name"] == "Q"
    assert (oldest["number"], oldest["in_force"]) == (1, False)
    assert oldest["catalog_to"] == newest["catalog_from"]


def test_what_changed_is_told(running):
    key, at = running["id"], timezone.now()
    assert pause_program(program_id=key, at=at).changed
    assert not pause_program(program_id=key, at=at).changed
    assert publish_program(program_id=key, published_by=None, at=at).changed
    assert not publish_program(program_id=key, published_by=None, at=at).changed
    assert archive_program(program_id=key, at=at).changed
    assert not archive_program(program_id=key, at=at).changed


def test_what_is_not_there_is_neither_published_nor_paused_nor_archived():
    at = timezone.now()
    with pytest.raises(ProgramNotFound):
        publish_program(program_id=1, published_by=None, at=at)
    with pytest.raises(ProgramNotFound):
        pause_program(program_id=1, at=at)
    with pytest.raises(ProgramNotFound):
        archive_program(program_id=1, at=at)
    assert not Event.objects.exists()
