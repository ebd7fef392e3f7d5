"""Who may set promotions up, and how a request is answered once."""

import pytest

from access.caller import Role
from access.services.create_token import create_token
from events.models import Event
from promotions.models import Coupon, PosConfig, Product, ProgramVersion, PromotionProgram
from tests.shop import Api, Shop, discount

pytestmark = pytest.mark.django_db
PROGRAM = {"name": "P", "program_type": "promotion", "rewards": [discount("10")]}
PRODUCT = {"name": "A", "price": "1.00"}
WRITES = [
    ("POST", "programs", PROGRAM),
    ("PATCH", "programs/p", {"name": "Q"}),
    ("POST", "programs/p/publish", None),
    ("POST", "programs/p/pause", None),
    ("POST", "programs/p/archive", None),
    ("POST", "programs/p/coupons", {"count": 1}),
    ("PUT", "products/B", PRODUCT),
    ("POST", "products/bulk", [{"sku": "B", **PRODUCT}]),
    ("PUT", "pos-configs/other", {"name": "Other"}),
]
READS = ["programs", "programs/p", "programs/p/versions", "programs/p/coupons"]


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="1.00")
    shop.program("coupons", ref="p", name="P", rewards=[discount("10")])
    return shop


def caller(role):
    return Api(create_token(username=role.value, role=role).key)


def written():
    tables = (PromotionProgram, ProgramVersion, Coupon, Product, PosConfig, Event)
    states = list(PromotionProgram.objects.values_list("name", "state"))
    return [table.objects.count() for table in tables], states


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_marketing_may_set_everything_up(shop, method, path, body):
    caller(Role.MARKETING).ok(method, path, body)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.POS])
@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_managers_and_tills_may_not(shop, role, method, path, body):
    api = shop.till if role is Role.POS else caller(role)
    before = written()
    problem = api.call(method, path, body)
    assert (api.status, problem["code"]) == (403, "role_not_allowed")
    assert written() == before


@pytest.mark.parametrize("path", READS)
def test_managers_read_programs_and_tills_do_not(shop, path):
    caller(Role.MANAGER).ok("GET", path)
    caller(Role.MARKETING).ok("GET", path)
    problem = shop.till.call("GET", path)
    assert (shop.till.status, problem["code"]) == (403, "role_not_allowed")


def test_tills_read_products_and_their_own_point_of_sale(shop):
    shop.admin.ok("PUT", "pos-configs/other", {"name": "Other"})
    assert shop.till.ok("GET", "products/A")["sku"] == "A"
    assert shop.till.ok("GET", "products")["results"]
    assert shop.till.ok("GET", "pos-configs/main")["ref"] == "main"
    assert [one["ref"] for one in shop.till.ok("GET", "pos-configs")["results"]] == ["main"]
    other = shop.till.call("GET", "pos-configs/other")
    assert shop.till.status == 404
    unknown = shop.till.call("GET", "pos-configs/unknown")
    assert (other["code"], unknown["code"]) == ("pos_config_not_found",) * 2


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_nobody_unknown_may_do_anything(shop, method, path, body):
    stranger, before = Api("0" * 64), written()
    stranger.call(method, path, body)
    assert stranger.status == 401
    assert written() == before


@pytest.mark.parametrize(
    "path", ["programs/nope", "programs/999999", "programs/99999999999999999999"]
)
def test_an_unknown_program_is_not_found(shop, path):
    for method, end, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "Q"}),
        ("POST", "/publish", None),
        ("POST", "/pause", None),
        ("POST", "/archive", None),
        ("POST", "/coupons", {"count": 1}),
        ("GET", "/coupons", None),
        ("GET", "/versions", None),
    ):
        problem = shop.admin.call(method, path + end, body)
        assert (shop.admin.status, problem["code"]) == (404, "program_not_found"), end


def test_an_id_wins_over_nothing_because_no_reference_is_an_id(shop):
    made = shop.admin.ok("GET", "programs/p")
    assert shop.admin.ok("GET", f"programs/{made['id']}") == made


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("programs", {**PROGRAM, "publish": True}),
        ("programs/p/coupons", {"count": 3}),
        ("programs/p/pause", None),
        ("products/bulk", [{"sku": "B", **PRODUCT}]),
    ],
)
def test_a_repeated_request_is_answered_once(shop, path, body):
    first = shop.admin.ok("POST", path, body, Idempotency_Key="k-1")
    before = written()
    assert shop.admin.ok("POST", path, body, Idempotency_Key="k-1") == first
    assert shop.admin.headers["Idempotent-Replay"] == "true"
    assert written() == before


def test_a_key_is_of_one_request(shop):
    shop.admin.ok("POST", "programs/p/coupons", {"count": 1}, Idempotency_Key="k-1")
    before = written()
    problem = shop.admin.call("POST", "programs/p/coupons", {"count": 2}, Idempotency_Key="k-1")
    assert (shop.admin.status, problem["code"]) == (409, "idempotency_key_reused")
    assert written() == before


def test_a_refused_request_may_be_repeated(shop):
    body = {"codes": ["A"]}
    shop.admin.ok("POST", "programs/p/archive")
    shop.admin.call("POST", "programs/p/coupons", body, Idempotency_Key="k-1")
    assert shop.admin.status == 422
    shop.program("coupons", ref="q", rewards=[discount("10")])
    shop.admin.ok("POST", "programs/q/coupons", body, Idempotency_Key="k-1")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "programs"), ("PATCH", "programs/p"), ("POST", "programs/p/coupons"),
     ("PUT", "products/B"), ("POST", "products/bulk"), ("PUT", "pos-configs/other")],
)  # fmt: skip
@pytest.mark.parametrize("body", [b"{", b"\xff", b"nul", b'{"name": "\xff"}'])
def test_what_is_not_json_is_refused(shop, method, path, body):
    before = written()
    response = shop.admin._client.generic(
        method, f"/api/v1/{path}", body, content_type="application/json",
        headers=shop.admin._headers,
    )  # fmt: skip
    assert response.status_code == 400
    # Reading stops at the first fault, which may be a type before the syntax.
    assert response.json()["code"] in {"malformed_json", "invalid"}
    assert written() == before


@pytest.mark.parametrize("body", [[], "text", 5, None, True])
def test_what_is_not_an_object_is_refused(shop, body):
    problem = shop.admin.call("POST", "programs", body) if body is not None else None
    if problem:
        assert (shop.admin.status, problem["errors"][0]["pointer"]) == (400, "")


def test_programs_are_found_by_state_type_and_words(shop):
    shop.program(name="Happy hour", ref="hh", rewards=[discount("5")])
    shop.program("promo_code", name="Newsletter", rules=[{"code": "News-10"}], publish=False)

    def found(query):
        return [one["name"] for one in shop.admin.ok("GET", f"programs?{query}")["results"]]

    assert found("") == ["Newsletter", "Happy hour", "P"]
    assert found("state=draft") == ["Newsletter"]
    assert found("program_type=promotion&state=published") == ["Happy hour"]
    assert found("q=HAPPY") == ["Happy hour"]
    assert found("q=hh") == ["Happy hour"]
    assert found("q=news-10") == ["Newsletter"]
    assert found("q=zzz") == []


@pytest.mark.parametrize("query", ["state=running", "program_type=sale", "page_size=0", "cursor=x"])
def test_a_query_that_cannot_be_read_is_refused(shop, query):
    problem = shop.admin.call("GET", f"programs?{query}")
    assert shop.admin.status == 400
    assert problem["code"] in {"invalid_query", "invalid_cursor"}


def test_listing_many_programs_takes_few_statements(shop, django_assert_num_queries):
    for number in range(4):
        shop.program(name=f"N{number}", rules=[{"products": ["A"]}], rewards=[discount("5")])
    shop.admin.ok("GET", "programs")
    with django_assert_num_queries(12):
        assert len(shop.admin.ok("GET", "programs")["results"]) == 5
