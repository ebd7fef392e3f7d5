"""The settings of imports: files that are uploaded, and the Odoo that pages import from.

Passwords and keys are read from the environment of the workers when an import runs; they are kept
in no table and shown on no page.
"""

from pathlib import Path

from config.environment import read_environment

__all__ = [
    "IMPORT_FILE_DAYS",
    "IMPORT_FILE_MB",
    "ODOO_API_KEY",
    "ODOO_DATABASE_URL",
    "ODOO_JSON_RPC_URL",
    "ODOO_LANGUAGE",
    "ODOO_RPC_DATABASE",
    "ODOO_SKU",
    "ODOO_SOURCE",
    "ODOO_USER",
]

_env = read_environment(Path(__file__).resolve().parent.parent / ".env")

IMPORT_FILE_MB = _env.int("IMPORT_FILE_MB", default=100)
# Days that the list of what an import refused can be downloaded.
IMPORT_FILE_DAYS = _env.int("IMPORT_FILE_DAYS", default=7)
ODOO_DATABASE_URL = _env.str("ODOO_DATABASE_URL", default="")
ODOO_JSON_RPC_URL = _env.str("ODOO_JSON_RPC_URL", default="")
ODOO_RPC_DATABASE = _env.str("ODOO_RPC_DATABASE", default="")
ODOO_USER = _env.str("ODOO_USER", default="")
ODOO_API_KEY = _env.str("ODOO_API_KEY", default="")
ODOO_SOURCE = _env.str("ODOO_SOURCE", default="odoo")
ODOO_LANGUAGE = _env.str("ODOO_LANGUAGE", default="en_US")
ODOO_SKU = _env.str("ODOO_SKU", default="default_code")
