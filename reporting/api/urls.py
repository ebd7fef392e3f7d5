"""Addresses of reports."""

from django.urls import path

from reporting.api import backtests, views

urlpatterns = [
    path(
        "reports/promotions/performance",
        views.PromotionPerformanceView.as_view(),
        name="report-promotions",
    ),
    path(
        "reports/membership/analytics",
        views.MembershipAnalyticsView.as_view(),
        name="report-membership",
    ),
    path(
        "reports/points/transactions",
        views.PointTransactionsView.as_view(),
        name="report-points",
    ),
    path("backtests/<int:backtest>", backtests.BacktestView.as_view(), name="backtest"),
    path(
        "backtests/<int:backtest>/orders",
        backtests.BacktestOrdersView.as_view(),
        name="backtest-orders",
    ),
]
