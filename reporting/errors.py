"""What reporting refuses."""

from core.errors import Invalid


class PeriodUpsideDown(Invalid):
    """The period ends before it starts."""

    code = "period_upside_down"


class PeriodTooLong(Invalid):
    """The period is longer than one report may cover."""

    code = "period_too_long"


class QueryTooCostly(Invalid):
    """The query asks for more rows at once than one request may."""

    code = "query_too_costly"
