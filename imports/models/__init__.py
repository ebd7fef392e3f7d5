"""Tables of imports."""

from imports.models.asked import AskedImport
from imports.models.row import ImportedRow
from imports.models.run import ImportRun
from imports.models.watermark import ImportWatermark

__all__ = ["AskedImport", "ImportRun", "ImportWatermark", "ImportedRow"]
