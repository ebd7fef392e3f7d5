"""Who is let in where over gRPC: the table of docs/grpc.md is what holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from django.conf import settings
from google.protobuf.message_factory import GetMessageClass

from access.caller import Role
from config.grpc_calls import methods
from punchcard.v1 import orders_pb2_grpc, points_pb2_grpc, reports_pb2_grpc
from punchcard.v1.orders_pb2 import OrderRequest
from punchcard.v1.points_pb2 import GetBalanceRequest
from punchcard.v1.points_pb2_grpc import PointServiceStub
from tests.clients.conftest import Servers, Till, refusal_of

_ROW = re.compile(r"^\| (\w+Service)/(\w+) \|(.*)\|$", re.MULTILINE)
STUBS: dict[str, Any] = {
    "OrderService": orders_pb2_grpc.OrderServiceStub,
    "PointService": points_pb2_grpc.PointServiceStub,
    "ReportService": reports_pb2_grpc.ReportServiceStub,
}


def documented() -> dict[tuple[str, str], frozenset[Role]]:
    """Return the roles of each method as docs/grpc.md has them."""
    page = (Path(settings.BASE_DIR) / "docs" / "grpc.md").read_text()
    return {
        (service, method): frozenset(
            {Role.ADMIN, *(Role(name) for name in roles.replace(",", " ").split())}
        )
        for service, method, roles in _ROW.findall(page)
    }


def test_every_method_is_in_the_table_with_the_roles_it_lets_in() -> None:
    served = {(one.service.name, one.name): one.roles for one in methods()}
    described = {
        (service.name, name)
        for service in {one.service.full_name: one.service for one in methods()}.values()
        for name in service.methods_by_name
    }
    assert served == documented()
    assert served.keys() == described, "what proto/ describes, and nothing else"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_let_in_exactly_where_the_table_says(
    role: Role, client: Callable[[str], Till], servers: Servers
) -> None:
    before = servers.rows()
    for method in methods():
        kind = GetMessageClass(method.service.methods_by_name[method.name].input_type)
        refused = client(role).refused(STUBS[method.service.name], method.name, kind())
        if role in documented()[method.service.name, method.name]:
            assert refused.status is grpc.StatusCode.INVALID_ARGUMENT, method.path
        else:
            assert refused.status is grpc.StatusCode.PERMISSION_DENIED, method.path
            assert refused.code == "role_not_allowed"
            assert refused.facts["role"] == role
    assert servers.rows() == before


@pytest.mark.parametrize(("key", "code"), [("", "not_authenticated"), ("made-up", "invalid_token")])
def test_nobody_is_let_in_nowhere(key: str, code: str, channel: grpc.Channel) -> None:
    for method in methods():
        kind = GetMessageClass(method.service.methods_by_name[method.name].input_type)
        refused = Till(channel, key).refused(STUBS[method.service.name], method.name, kind())
        assert (refused.status, refused.code) == (grpc.StatusCode.UNAUTHENTICATED, code)


def test_bytes_that_are_no_message_are_refused(channel: grpc.Channel, servers: Servers) -> None:
    call: Any = channel.unary_unary("/punchcard.v1.OrderService/Commit")
    metadata = (("authorization", f"Token {servers.keys['pos']}"),)
    before = servers.rows()
    with pytest.raises(grpc.RpcError) as caught:
        call(b"\xff\xff\xff", timeout=30, metadata=metadata)
    refused = refusal_of(caught.value)
    assert (refused.status, refused.code) == (grpc.StatusCode.INVALID_ARGUMENT, "bad_request")
    with pytest.raises(grpc.RpcError) as caught:
        call(b" " * (2**20 + 1), timeout=30, metadata=metadata)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert servers.rows() == before


def test_a_method_that_there_is_not_is_not_implemented(channel: grpc.Channel) -> None:
    call: Any = channel.unary_unary("/punchcard.v1.OrderService/Steal")
    with pytest.raises(grpc.RpcError) as caught:
        call(b"", timeout=30)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_calls_count_together_with_those_of_rest(
    servers: Servers, client: Callable[[str], Till]
) -> None:
    manager = client("manager")
    manager.call(PointServiceStub, "GetBalance", GetBalanceRequest(card="club-ann"))
    assert manager.trailers["ratelimit-limit"] == "6000"
    assert 0 < int(manager.trailers["ratelimit-reset"]) <= 60
    assert int(manager.trailers["ratelimit-remaining"]) < 6000


def test_a_refusal_is_told_in_the_language_asked_for(client: Callable[[str], Till]) -> None:
    asked = GetBalanceRequest(card="nobody")
    english = client("manager").refused(PointServiceStub, "GetBalance", asked)
    told = client("manager").refused(
        PointServiceStub, "GetBalance", asked, accept_language="id, en;q=0.5"
    )
    assert english.details == "There is no such card."
    assert told.details == "Tidak ada kartu seperti itu."
    assert told.code == english.code


def test_nothing_is_begun_when_the_deadline_is_over(servers: Servers, till: Till) -> None:
    before = servers.rows()
    body: dict[str, Any] = {"pos_config": {"ref": "main"}, "lines": [{"sku": "tea", "qty": "2"}]}
    for number in range(5):
        asked = OrderRequest(ref=f"late-{number}", **body)
        with pytest.raises(grpc.RpcError) as caught:
            till.call(STUBS["OrderService"], "Commit", asked, timeout=0.002)
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    # A call after them waits for its turn behind whatever they may have begun.
    till.call(STUBS["OrderService"], "Quote", OrderRequest(**body))
    assert servers.rows() == before
