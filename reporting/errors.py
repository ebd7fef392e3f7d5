"""What reporting refuses."""

from core.errors import Conflict, Invalid, Missing, Refused


class PeriodUpsideDown(Invalid):
    """The period ends before it starts."""

    code = "period_upside_down"


class PeriodTooLong(Invalid):
    """The period is longer than one report may cover."""

    code = "period_too_long"


class PeriodOutOfRange(Invalid):
    """A report covers days of the years 1980 to 2099."""

    code = "period_out_of_range"


class QueryTooCostly(Invalid):
    """The query asks for more than one request may."""

    code = "query_too_costly"


class LogTooShort(Refused):
    """The event log no longer holds all that happened in these days; rebuild from the orders."""

    code = "log_too_short"


class ExportTooLarge(Refused):
    """The file has more rows than are sent at once; ask for it with POST reports/exports."""

    code = "export_too_large"


class ExportNotFound(Missing):
    """There is no such export, or the link to it is not one of ours."""

    code = "export_not_found"


class ExportNotReady(Conflict):
    """The file is not written yet; its job says how far it is."""

    code = "export_not_ready"


class ExportExpired(Missing):
    """The link has expired and the file is deleted; ask for it again."""

    code = "export_expired"


class ArchiveNotFound(Missing):
    """No file holds details of this month; it was never archived, is back, or was deleted."""

    code = "archive_not_found"


class ArchiveDamaged(Conflict):
    """The file does not hold the rows that it was written from; take it from a backup."""

    code = "archive_damaged"
