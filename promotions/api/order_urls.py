"""Addresses of orders; those that go on after a reference stand first."""

from django.urls import path

from access import references  # noqa: F401 - registers <ref:…>
from promotions.api import offline_bundle, order_sync, orders

urlpatterns = [
    path("offline-bundle/keys", offline_bundle.BundleKeysView.as_view(), name="bundle-keys"),
    path("offline-bundle", offline_bundle.OfflineBundleView.as_view(), name="offline-bundle"),
    path("orders/quote", orders.QuoteView.as_view(), name="order-quote"),
    path("orders/sync", order_sync.SyncView.as_view(), name="order-sync"),
    path("orders", orders.OrdersView.as_view(), name="orders"),
    path("orders/<ref:ref>/returns", orders.ReturnsView.as_view(), name="order-returns"),
    path("orders/<ref:ref>/cancel", orders.CancelView.as_view(), name="order-cancel"),
    path("orders/<ref:ref>", orders.OrderView.as_view(), name="order"),
]
