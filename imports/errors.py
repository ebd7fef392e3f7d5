"""What stops an import; what is wrong with a single row is a Fault and stops nothing."""

from core.errors import Busy, Conflict, Invalid, Refused


class SourceUnreachable(Busy):
    """The other system cannot be reached or broke off; run the import again to go on."""

    code = "source_unreachable"


class SourceRefused(Refused):
    """The other system refused; look at the user, the key and what they may read."""

    code = "source_refused"


class SourceLacks(Refused):
    """The other system lacks what is read from it: it must be an Odoo 17 or 18 with its modules."""

    code = "source_lacks"


class UnreadableFile(Invalid):
    """The file cannot be read as what it was said to hold."""

    code = "unreadable_file"


class ImportFileTooLarge(Invalid):
    """The file is larger than an upload may be; import it with the command."""

    code = "import_file_too_large"


class OdooNotConfigured(Refused):
    """No Odoo is named in the environment: ODOO_DATABASE_URL, or ODOO_JSON_RPC_URL and its key."""

    code = "odoo_not_configured"


class ImportRunning(Conflict):
    """An import from this source is running already."""

    code = "import_running"


class SaleOutOfTime(Refused):
    """An order of the past was sold between the year 1990 and now."""

    code = "sale_out_of_time"


class RowContradicts(Conflict):
    """The row says something else than when it was imported, and that cannot be changed here."""

    code = "row_contradicts"
