"""What reporting keeps beside the facts, which SQL alone writes and reads."""

from reporting.models.export import ReportExport

__all__ = ["ReportExport"]
