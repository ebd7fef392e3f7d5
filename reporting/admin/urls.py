"""Addresses of the pages of reports."""

from django.urls import path

from reporting.admin import backtests, conflicts, pages

urlpatterns = [
    path("", pages.dashboard, name="report-dashboard"),
    path("programs/", pages.leaderboard, name="report-programs"),
    path("members/", pages.members, name="report-members"),
    path("points/", pages.points, name="report-points-page"),
    path("programs/<int:program_id>/", pages.program, name="report-program"),
    path("conflicts/file", conflicts.file, name="report-conflicts-file"),
    path("backtests/<int:backtest_id>/", backtests.backtest, name="report-backtest"),
    path(
        "backtests/<int:backtest_id>/progress",
        backtests.progress,
        name="report-backtest-progress",
    ),
    path("backtests/<int:backtest_id>/stop", backtests.stop, name="report-backtest-stop"),
    path(
        "backtests/<int:backtest_id>/orders/<int:order_id>/",
        backtests.order,
        name="report-backtest-order",
    ),
    path(
        "backtests/<int:backtest_id>/files/<str:what>",
        backtests.file,
        name="report-backtest-file",
    ),
]
