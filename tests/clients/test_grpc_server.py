"""The gRPC process itself: what it tells of itself, TLS, and how it starts and ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from rest_framework import serializers

from config.local_services import BASE_DIR
from loyalty.api import shapes as point_shapes
from promotions.api import order_schemas
from punchcard.v1 import orders_pb2, points_pb2, reports_pb2
from punchcard.v1.points_pb2 import GetBalanceRequest
from punchcard.v1.points_pb2_grpc import PointServiceStub
from reporting.api import shapes as report_shapes
from tests.clients.conftest import Servers, Till, grpc_answers, running, wait_for
from tests.house.local_run import free_port


def reflected(channel: grpc.Channel, **asked: Any) -> Any:
    """Return the answer of the reflection service."""
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
    question = reflection_pb2.ServerReflectionRequest(**asked)
    (answer,) = stub.ServerReflectionInfo(iter([question]), timeout=30)
    return answer


def test_it_tells_its_schema(channel: grpc.Channel) -> None:
    listed = reflected(channel, list_services="").list_services_response.service
    assert {one.name for one in listed} == {
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
        "punchcard.v1.OrderService",
        "punchcard.v1.PointService",
        "punchcard.v1.ReportService",
    }
    symbol = reflected(channel, file_containing_symbol="punchcard.v1.PointService")
    told = FileDescriptorProto.FromString(symbol.file_descriptor_response.file_descriptor_proto[0])
    expected = FileDescriptorProto()
    points_pb2.DESCRIPTOR.CopyToProto(expected)
    assert told == expected


def test_it_tells_its_health(channel: grpc.Channel) -> None:
    stub: Any = health_pb2_grpc.HealthStub(channel)
    for name in ("", "punchcard.v1.OrderService", "punchcard.v1.ReportService"):
        told = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=30)
        assert told.status == health_pb2.HealthCheckResponse.SERVING, name
    with pytest.raises(grpc.RpcError) as caught:
        stub.Check(health_pb2.HealthCheckRequest(service="nothing"), timeout=30)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_with_a_certificate_it_speaks_tls_alone_and_ends_when_told(
    servers: Servers, certificate: tuple[Path, Path]
) -> None:
    chain, key = certificate
    port = str(free_port())
    env = servers.env | {"GRPC_PORT": port, "GRPC_TLS_CERT": str(chain), "GRPC_TLS_KEY": str(key)}
    env |= {"GRPC_REFLECTION": "off"}
    credentials = grpc.ssl_channel_credentials(chain.read_bytes())
    with (
        running("-m", "config.grpc_server", env=env) as process,
        grpc.secure_channel(f"localhost:{port}", credentials) as channel,
        grpc.insecure_channel(f"127.0.0.1:{port}") as in_the_clear,
    ):
        wait_for(process, lambda: grpc_answers(channel))
        till = Till(channel, servers.keys["pos"])
        assert till.call(PointServiceStub, "GetBalance", GetBalanceRequest(card="club-ann"))
        with pytest.raises(grpc.RpcError) as caught:
            reflected(channel, list_services="")
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
        with pytest.raises(grpc.RpcError) as caught:
            Till(in_the_clear, servers.keys["pos"]).call(
                PointServiceStub, "GetBalance", GetBalanceRequest(card="club-ann"), timeout=3
            )
        assert caught.value.code() in (
            grpc.StatusCode.UNAVAILABLE,
            grpc.StatusCode.DEADLINE_EXCEEDED,
        )
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"GRPC_TLS_CERT": "/nowhere.pem"}, "GRPC_TLS_CERT and GRPC_TLS_KEY go together"),
        (
            {"GRPC_TLS_CERT": "/nowhere.pem", "GRPC_TLS_KEY": "/nowhere.pem"},
            "No such file or directory: '/nowhere.pem'",
        ),
        ({"GRPC_PORT": "many"}, "GRPC_PORT must be a number, not 'many'."),
        ({}, "Cannot listen on 127.0.0.1:"),
    ],
)
def test_what_keeps_it_from_starting_is_said(
    servers: Servers, env: dict[str, str], said: str
) -> None:
    # Without more it meets the server that listens there already.
    done = subprocess.run(
        [sys.executable, "-m", "config.grpc_server"],
        cwd=BASE_DIR,
        env=servers.env | env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    ("message", "shape"),
    [
        (orders_pb2.Order, order_schemas.OrderAnswer),
        (orders_pb2.OrderLine, order_schemas.LineBody),
        (orders_pb2.OrderRequest, order_schemas.OrderBody),
        (points_pb2.PointsMoved, point_shapes.PointsMovedShape),
        (points_pb2.Balance, point_shapes.BalanceShape),
        (reports_pb2.PromotionPerformance, report_shapes.PromotionPerformanceShape),
        (reports_pb2.MembershipAnalytics, report_shapes.MembershipAnalyticsShape),
        (reports_pb2.PointTransaction, report_shapes.PointTransactionShape),
    ],
)
def test_its_messages_have_the_fields_of_rest(
    message: Any, shape: type[serializers.Serializer[Any]]
) -> None:
    # `explain` stands in the address over REST; `charge` only an order sold without a line has.
    assert without(names_of(message.DESCRIPTOR), "explain", "charge") == fields_of(shape())


def names_of(descriptor: Any) -> dict[str, Any]:
    """Return the fields of a message by name, and of messages in it."""
    inside = {
        one.name: one.message_type and one.message_type.full_name.startswith("punchcard.")
        for one in descriptor.fields
    }
    return {
        one.name: names_of(one.message_type)
        if inside[one.name] and one.message_type.name != "Reference"
        else {}
        for one in descriptor.fields
    }


def fields_of(shape: Any) -> dict[str, Any]:
    """Return the fields of a shape of REST by name, and of shapes in it."""
    found = {}
    for name, one in shape.fields.items():
        inner = getattr(one, "child", one)
        found[name] = fields_of(inner) if isinstance(inner, serializers.Serializer) else {}
    return found


def without(names: dict[str, Any], *left_out: str) -> dict[str, Any]:
    """Return the names but those."""
    return {name: held for name, held in names.items() if name not in left_out}
