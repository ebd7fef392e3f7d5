"""Addresses of set-up; one that goes on after a reference stands before one that ends."""

from django.urls import path

from access import references  # noqa: F401 - registers <ref:…>
from promotions.api import (
    backtests,
    conflicts,
    coupons,
    pos_configs,
    products,
    programs,
    trials,
    versions,
)

urlpatterns = [
    path("products/bulk", products.ProductsBulkView.as_view(), name="products-bulk"),
    path("products", products.ProductsView.as_view(), name="products"),
    path("products/<ref:sku>", products.ProductView.as_view(), name="product"),
    path("pos-configs", pos_configs.PosConfigsView.as_view(), name="pos-configs"),
    path("pos-configs/<ref:ref>", pos_configs.PosConfigView.as_view(), name="pos-config"),
    path("programs", programs.ProgramsView.as_view(), name="programs"),
    path("conflicts", conflicts.ConflictsView.as_view(), name="conflicts"),
    path(
        "programs/<ref:program>/conflicts",
        conflicts.ProgramConflictsView.as_view(),
        name="program-conflicts",
    ),
    path("programs/<ref:program>/try", trials.TryView.as_view(), name="program-try"),
    path(
        "programs/<ref:program>/backtest",
        backtests.BacktestView.as_view(),
        name="program-backtest",
    ),
    path(
        "programs/<ref:program>/versions/<int:number>",
        versions.VersionView.as_view(),
        name="program-version",
    ),
    path("programs/<ref:program>/compare", versions.CompareView.as_view(), name="program-compare"),
    path("programs/<ref:program>/history", versions.HistoryView.as_view(), name="program-history"),
    path(
        "programs/<ref:program>/roll-back",
        versions.RollBackView.as_view(),
        name="program-roll-back",
    ),
    path("programs/<ref:program>/submit", versions.SubmitView.as_view(), name="program-submit"),
    path(
        "programs/<ref:program>/send-back",
        versions.SendBackView.as_view(),
        name="program-send-back",
    ),
    path("programs/<ref:program>/publish", programs.PublishView.as_view(), name="program-publish"),
    path("programs/<ref:program>/pause", programs.PauseView.as_view(), name="program-pause"),
    path("programs/<ref:program>/archive", programs.ArchiveView.as_view(), name="program-archive"),
    path("programs/<ref:program>/coupons", coupons.CouponsView.as_view(), name="program-coupons"),
    path(
        "coupon-batches/<int:batch>/codes",
        coupons.CouponBatchCodesView.as_view(),
        name="coupon-batch-codes",
    ),
    path(
        "programs/<ref:program>/versions", versions.VersionsView.as_view(), name="program-versions"
    ),
    path("programs/<ref:program>", programs.ProgramView.as_view(), name="program"),
]
