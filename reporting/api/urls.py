"""Addresses of reports."""

from django.urls import path

from reporting.api import backtests, exports, insights, orders, refreshing, views

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
    path("reports/sales", insights.SalesView.as_view(), name="report-sales"),
    path("reports/orders", orders.OrdersView.as_view(), name="report-orders"),
    path("reports/membership/levels", insights.LevelsView.as_view(), name="report-levels"),
    path("reports/refresh", refreshing.RefreshView.as_view(), name="report-refresh"),
    path("reports/exports", exports.ExportsView.as_view(), name="report-exports"),
    path("reports/exports/<int:export>", exports.ExportView.as_view(), name="report-export"),
    path(
        "reports/exports/<int:export>/file",
        exports.ExportFileView.as_view(),
        name="report-export-file",
    ),
    path(
        "reports/promotions/leaderboard",
        insights.LeaderboardView.as_view(),
        name="report-leaderboard",
    ),
    path("reports/membership/cohorts", insights.CohortsView.as_view(), name="report-cohorts"),
    path("reports/points/flow", insights.PointFlowView.as_view(), name="report-point-flow"),
    path(
        "reports/points/liability",
        insights.PointLiabilityView.as_view(),
        name="report-liability",
    ),
    path("reports/points/breakage", insights.BreakageView.as_view(), name="report-breakage"),
    path("backtests/<int:backtest>", backtests.BacktestView.as_view(), name="backtest"),
    path(
        "backtests/<int:backtest>/orders",
        backtests.BacktestOrdersView.as_view(),
        name="backtest-orders",
    ),
]
