"""The pages that compare: programs, members, points; each with its tables, files and period."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import formats, timezone

from events.services.note_task_run import note_task_run
from jobs.models import Job
from promotions.models import Order, PosConfig, PromotionProgram
from reporting.admin.freshness import Freshness
from reporting.panels import Page, Panel
from reporting.services.load_facts import load_facts
from reporting.services.rebuild_facts import rebuild_facts
from reporting.services.refresh_by_job import refresh_by_job
from reporting.services.refresh_views import VIEWS
from reporting.services.start_refresh import start_refresh
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_pages import signed_in
from tests.shop import Shop

FAR_APART = ("Pacific/Kiritimati", "Pacific/Niue")
PAGES = ("programs", "members", "points")


@pytest.fixture
def manager(shop: ReportedShop) -> Client:
    """Give a manager of a shop that sold two teas to Ann and two cups to Bob."""
    shop.sell("one", ["tea"], partner="ann")
    shop.sell("two", ["cup"], partner="bob")
    shop.load()
    return signed_in("manager")


def board(client: Client, address: str) -> Page:
    """Return what a page shows."""
    answer = client.get(f"/admin/reports/{address}")
    assert answer.status_code == 200, answer
    shown: Page = answer.context["board"]
    return shown


def texts(panel: Panel) -> list[list[str]]:
    """Return the table of a panel."""
    return [[cell.text for cell in row] for row in panel.rows]


def test_programs_stand_beside_each_other(manager: Client) -> None:
    page = board(manager, "programs/?period=today&store=main")
    assert [(one.title, one.value) for one in page.tiles[:2]] == [
        ("Gave most", "Tea10"),
        ("Used most", "Club"),
    ]
    (panel,) = page.panels
    assert texts(panel) == [
        ["Tea10", "$2.00", "1", "50 %", "1", "2", "$18.00", "\u2013", "\u2013"],
        ["Club", "$0.00", "2", "100 %", "2", "4", "$28.00", "\u2013", "\u2013"],
    ]
    assert "period=today&store=main" in panel.rows[0][0].link
    assert manager.get(panel.rows[0][0].link).status_code == 200


def test_members_are_followed_by_the_month_they_joined(manager: Client) -> None:
    retention, spending, levels = board(manager, "members/").panels
    (row,) = texts(retention)
    assert row[1:] == ["2", "100 %"]
    assert texts(spending)[0][2] == "$14.00"
    assert levels.rows[0][1].text == "Without a level"


def test_points_go_in_and_out(manager: Client) -> None:
    page = board(manager, "points/?period=week&kind=club")
    assert [(one.title, one.value) for one in page.tiles[:3]] == [
        ("Points owed", "28"),
        ("Expire this month", "0"),
        ("Points issued", "28"),
    ]
    flow, expiry, broken = page.panels
    assert len(flow.rows) == 7
    assert texts(flow)[-1][1:] == ["28", "0", "0", "0", "28"]
    assert texts(expiry) == [["never", "28"]]
    month = f"{timezone.now():%b %Y}"
    assert texts(broken) == [[month, "28", "0", "0", "28", "0", "0 %"]]


def test_days_without_moves_tell_what_is_owed(manager: Client) -> None:
    tomorrow = timezone.localdate() + timedelta(days=2)
    page = board(manager, f"points/?from={tomorrow}&to={tomorrow}&kind=club")
    flow = page.panels[0]
    assert texts(flow)[0][1:] == ["0", "0", "0", "0", "28"]
    assert (flow.chart, flow.note) == (None, "No points came in or went out in this period.")


def test_breakage_is_not_told_before_any_fate_is_known(shop: ReportedShop) -> None:
    shop.admin.ok(
        "PUT", "loyalty-programs/club", {"name": "Club", "expiry": "days", "expiry_length": 30}
    )
    shop.sell("one", ["tea"], partner="ann")
    shop.load()
    manager = signed_in("manager")
    page = board(manager, "points/?period=week&kind=club")
    assert (page.tiles[-1].title, page.tiles[-1].value) == ("Expected breakage", "\u2013")
    assert texts(page.panels[2])[0][-2:] == ["\u2013", "\u2013"]
    shop.till.ok("POST", "cards/club-ann/redeem", {"points": "4", "origin": "a mug"})
    page = board(manager, "points/?period=week&kind=club")
    assert page.tiles[-1].value == "0 %"
    assert texts(page.panels[2])[0][-2:] == ["0", "0 %"]


@pytest.mark.parametrize("name", PAGES)
def test_every_table_has_its_files(manager: Client, name: str) -> None:
    for panel in board(manager, f"{name}/?period=month").panels:
        for kind in ("csv", "xlsx"):
            answer = manager.get(f"{panel.files}{panel.glue}format={kind}")
            assert answer.status_code == 200, panel.files
            assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_the_dashboard_and_a_program_have_their_files(manager: Client) -> None:
    files = manager.get("/admin/reports/?period=month&store=main").context["board"]["files"]
    assert set(files) == {"sales", "programs", "orders", "levels"}
    program = PromotionProgram.objects.get(ref="tea10")
    panels = board(manager, f"programs/{program.pk}/?period=month").panels
    for address in [*files.values(), *(one.files for one in panels)]:
        for kind in ("csv", "xlsx"):
            glue = "&" if "?" in address else "?"
            answer = manager.get(f"{address}{glue}format={kind}")
            assert answer.status_code == 200, address
            assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_the_figures_of_a_program_are_of_the_whole_period(manager: Client) -> None:
    program = PromotionProgram.objects.get(ref="tea10")
    page = board(manager, f"programs/{program.pk}/?period=week")
    assert [(one.title, one.value) for one in page.tiles] == [
        ("Orders", "1"),
        ("Conversion rate", "50 %"),
        ("Amount", "$18.00"),
        ("Discount", "$2.00"),
        ("Members", "1"),
    ]
    assert page.panels[0].chart is not None
    assert len(page.panels[0].chart.labels) == 7
    assert len(page.panels[0].rows) == 1


def test_a_page_its_heading_and_its_files_are_of_the_same_store_and_day(manager: Client) -> None:
    program = PromotionProgram.objects.get(ref="tea10")
    # Whenever this runs, the calendar of one of them is not that of the shop.
    days = {zone: timezone.localdate(timezone=ZoneInfo(zone)) for zone in FAR_APART}
    zone, day = next((zone, day) for zone, day in days.items() if day != timezone.localdate())
    PosConfig.objects.update(time_zone=zone)
    for address in ("programs/", "members/", f"programs/{program.pk}/"):
        answer = manager.get(f"/admin/reports/{address}?period=today&store=main")
        assert answer.context["span"] == formats.date_format(day, "j M Y")
    for panel in answer.context["board"].panels:
        assert f"date_from={day}&date_to={day}&pos_config=main" in panel.files


def test_orders_stand_at_the_hour_of_their_store(shop: ReportedShop, manager: Client) -> None:
    order = Order.objects.get(ref="one")
    there = order.ordered_at.astimezone(ZoneInfo("Asia/Jakarta"))
    shop.move_to_jakarta()
    rebuild_facts(since=there.date() - timedelta(days=1), until=there.date())
    dashboard = manager.get("/admin/reports/?period=week&store=main").context["board"]
    assert {one["at"] for one in dashboard["feed"]} == {formats.date_format(there, "j M, H:i")}
    tea = PromotionProgram.objects.get(ref="tea10")
    orders = board(manager, f"programs/{tea.pk}/?period=week&store=main").panels[1]
    assert orders.rows[0][2].text == formats.date_format(there, "j M Y, H:i")
    page = manager.get(f"/admin/promotions/order/{order.pk}/change/").content.decode()
    assert formats.date_format(there, "j M Y, H:i") in page
    (row, *_others) = shop.report("orders", program_id="tea10")
    assert row["local_time"][:16] == f"{there:%Y-%m-%dT%H:%M}"


def test_beside_the_figures_of_a_store_those_of_all_stores_say_so(manager: Client) -> None:
    tiles = manager.get("/admin/reports/?store=main").context["board"]["tiles"]
    whole = {one["key"] for one in tiles if one["note"].endswith("all stores")}
    assert whole == {"earned", "redeemed", "owed", "members"}
    assert all(
        one.note.endswith("all stores") for one in board(manager, "members/?store=main").tiles
    )
    assert "all stores" not in str(manager.get("/admin/reports/").context["board"]["tiles"])


def test_a_store_of_another_currency_shows_what_it_sold(manager: Client) -> None:
    shown = manager.get("/admin/reports/?period=week&currency=KWD").context["board"]
    assert shown["currencies"] == ["USD"]
    assert shown["tiles"][0]["value"] == "$28.00"


def test_money_has_the_digits_of_its_currency(db: None) -> None:
    shop = Shop(currency="KWD")
    shop.products(tea="1.111")
    shop.percent_off("10", name="Ten off")
    shop.commit(("tea", "1"))
    load_facts(order_ids=list(Order.objects.values_list("pk", flat=True)))
    page = signed_in("manager").get("/admin/reports/?period=today").context["board"]
    assert page["tiles"][0]["value"] == page["feed"][0]["amount"] == "KWD1.000"
    assert page["programs"][0]["discount"] == "KWD0.111"


def test_how_fresh_the_figures_are(manager: Client, shop: ReportedShop) -> None:
    def fresh() -> Freshness:
        found: Freshness = manager.get("/admin/reports/members/").context["fresh"]
        return found

    assert fresh().views == "never"
    job_id = start_refresh(views=VIEWS, created_by=None, at=timezone.now()).job_id
    refresh_by_job(job_id=job_id)
    assert fresh().views == f"{timezone.localtime(Job.objects.get().finished_at):%H:%M:%S}"
    yesterday = timezone.now() - timedelta(days=1)
    Job.objects.update(finished_at=yesterday)
    assert fresh().views == formats.date_format(timezone.localtime(yesterday), "j M, H:i")
    note_task_run(
        name="reporting.refresh_views", ended_at=timezone.now(), seconds=0.1, result={}, error=""
    )
    assert fresh().views != formats.date_format(timezone.localtime(yesterday), "j M, H:i")


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_lead_to_each_other_with_the_same_period(manager: Client, name: str) -> None:
    answer = manager.get(f"/admin/reports/{name}/?period=yesterday&store=main")
    text = answer.content.decode()
    for other in PAGES:
        assert f'href="/admin/reports/{other}/?period=yesterday&amp;store=main"' in text
    assert 'aria-current="page"' in text


@pytest.mark.parametrize("name", PAGES)
def test_who_may_look_and_what_cannot_be_read(manager: Client, name: str) -> None:
    assert signed_in("marketing").get(f"/admin/reports/{name}/").status_code == 403
    answer = manager.get(f"/admin/reports/{name}/?store=nowhere")
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/reports/{name}/")
    assert manager.get("/admin/reports/points/?kind=none").status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_shop_says_what_to_do(db: None, name: str) -> None:
    page = board(signed_in("manager"), f"{name}/")
    assert all(panel.empty for panel in page.panels if not panel.rows)
    assert page.panels
