"""Addresses under /api/v1/; one that goes on after a reference stands before one that ends."""

from django.urls import path

from access import references  # noqa: F401 - registers <ref:…>
from loyalty.api import cards, memberships, partners, points, programs, transfers

urlpatterns = [
    path("partners", partners.PartnersView.as_view(), name="partners"),
    path(
        "partners/<ref:ref>/membership/change",
        memberships.MembershipChangeView.as_view(),
        name="membership-change",
    ),
    path("partners/<ref:ref>/membership", memberships.MembershipView.as_view(), name="membership"),
    path("partners/<ref:ref>", partners.PartnerView.as_view(), name="partner"),
    path(
        "membership-products/<ref:ref>",
        memberships.MembershipProductView.as_view(),
        name="membership-product",
    ),
    path("level-paths/<ref:ref>", memberships.LevelPathView.as_view(), name="level-path"),
    path(
        "loyalty-programs/<ref:ref>/liability",
        programs.LiabilityView.as_view(),
        name="loyalty-program-liability",
    ),
    path(
        "loyalty-programs/<ref:ref>", programs.LoyaltyProgramView.as_view(), name="loyalty-program"
    ),
    path("cards", cards.CardsView.as_view(), name="cards"),
    path("cards/<ref:code>/balance", cards.BalanceView.as_view(), name="card-balance"),
    path("cards/<ref:code>/history", cards.HistoryView.as_view(), name="card-history"),
    path("cards/<ref:code>/earn", points.EarnView.as_view(), name="card-earn"),
    path("cards/<ref:code>/redeem", points.RedeemView.as_view(), name="card-redeem"),
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
