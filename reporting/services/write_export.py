"""Writing the file of an export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from tempfile import TemporaryFile

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.utils import timezone
from django.utils.translation import override

from jobs.services.work_in_one_go import Tell, work_in_one_go
from reporting.errors import ExportNotFound
from reporting.exports import Cell, FileKind, Table, write_file
from reporting.models import ReportExport

TableOf = Callable[[str, Mapping[str, str]], Table]
ROWS_BETWEEN_TELLINGS = 500


@dataclass(frozen=True, slots=True)
class ExportWritten:
    """How it ended. `state` None: another worker is at it."""

    export_id: int
    state: str | None


def write_export(*, job_id: int, table_of: TableOf) -> ExportWritten:
    """Write the file of an export and say where it lies; `table_of` makes the report's table.

    Raises: ExportNotFound; what goes wrong with the report ends the job instead.
    Writes: the file in the storage `exports`, reportexport, job.
    Safe under: kills and repeats, the file is written anew under the same name, as of one moment,
    and offered when it is whole (`work_in_one_go`).
    """
    export = ReportExport.objects.filter(job_id=job_id).first()
    if export is None:
        raise ExportNotFound(job=job_id)
    worked = work_in_one_go(job_id=job_id, work=lambda tell: _write(export, table_of, tell))
    if worked.state in ("failed", "stopped"):
        storages["exports"].delete(_name(export))
    return ExportWritten(export.pk, worked.state)


def _write(export: ReportExport, table_of: TableOf, tell: Tell) -> None:
    # It has no name, so that nothing stays of it if this process is killed.
    with override(export.language), TemporaryFile() as file:
        table = table_of(export.report, export.parameters)
        counted = _Counted(table.rows, tell)
        write_file(FileKind(export.kind), replace(table, rows=counted), file)
        export.size = file.tell()
        file.seek(0)
        export.file = storages["exports"].save(_name(export), File(file))
    export.rows = counted.rows
    export.expires_at = timezone.now() + timedelta(hours=settings.EXPORT_HOURS)
    export.save(update_fields=["file", "size", "rows", "expires_at"])


def _name(export: ReportExport) -> str:
    return f"{export.pk}.{export.kind}"


class _Counted:
    """Rows that are counted as they go by."""

    def __init__(self, source: Iterable[Sequence[Cell]], tell: Tell) -> None:
        self.rows = 0
        self._source, self._tell = source, tell

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        for row in self._source:
            self.rows += 1
            if self.rows % ROWS_BETWEEN_TELLINGS == 0:
                self._tell(self.rows)
            yield row
