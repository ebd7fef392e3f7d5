"""Addresses of cards; what tills ask for stands first, and `cards/<code>` alone last."""

from django.urls import path

from access import references  # noqa: F401 - registers <ref:…>
from loyalty.api import cards, points, transfers

urlpatterns = [
    path("cards/<ref:code>/earn", points.EarnView.as_view(), name="card-earn"),
    path("cards/<ref:code>/redeem", points.RedeemView.as_view(), name="card-redeem"),
    path("cards/<ref:code>/balance", cards.BalanceView.as_view(), name="card-balance"),
    path("cards", cards.CardsView.as_view(), name="cards"),
    path("cards/<ref:code>/history", cards.HistoryView.as_view(), name="card-history"),
    path("cards/<ref:code>/adjust", points.AdjustView.as_view(), name="card-adjust"),
    path("cards/<ref:code>/transfer", transfers.TransferView.as_view(), name="card-transfer"),
    path("cards/<ref:code>/merge", transfers.MergeView.as_view(), name="card-merge"),
    path("cards/<ref:code>", cards.CardView.as_view(), name="card"),
    path(
        "point-operations/<int:operation>/reverse",
        points.ReverseView.as_view(),
        name="point-operation-reverse",
    ),
]
