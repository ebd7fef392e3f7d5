"""REST: what tills sold without a line."""

from __future__ import annotations

from datetime import datetime

import orjson
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from access.caller import Role
from access.json import answer, read_body
from access.permissions import allow
from access.views import ApiView
from promotions.api import sync_schemas as schemas
from promotions.api.selling import assert_named_rightly, counting_guesses
from promotions.offline.request import parse_offline_order, ref_of, split_sync
from promotions.orders.receipt import Receipt
from promotions.services.sync_order import sync_order


class SyncView(ApiView):
    """Orders of a till that had no line."""

    permission_classes = [allow(Role.POS)]

    @extend_schema(
        operation_id="sync_orders",
        tags=["orders"],
        summary="Commit the orders of an offline till, each with a result of its own",
        request=schemas.SyncBody,
        responses={200: schemas.SyncAnswer},
    )
    def post(self, request: Request) -> HttpResponse:
        """Commit one order after the other, as they were sent; a bad one stops no other."""
        now = timezone.now()
        results = [self._sync(one, now) for one in split_sync(read_body(request))]
        counts = {
            word: sum(one["status"] == word for one in results)
            for word in ("committed", "replayed", "refused")
        }
        return answer({**counts, "results": results})

    def _sync(self, body: bytes, now: datetime) -> Receipt:
        """Return what became of one order. It raises nothing: the others have their turn."""
        try:
            order = parse_offline_order(body)
            assert_named_rightly(self.caller, order)
            committed = counting_guesses(
                self.caller,
                order,
                lambda: sync_order(order=order, now=now, user_id=self.caller.user_id),
            )
        except Exception as error:  # noqa: BLE001 - the API's own handler says, and logs, what it is
            problem = self.get_exception_handler()(error, {})
            assert problem is not None, "the handler answers every error"
            return {
                "ref": ref_of(body),
                "status": "refused",
                "order": None,
                "problem": orjson.loads(problem.content),
            }
        return {
            "ref": order.ref,
            "status": "replayed" if committed.replayed else "committed",
            "order": committed.receipt,
            "problem": None,
        }
