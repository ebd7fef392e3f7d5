"""The settings of reports: how long what is kept."""

from pathlib import Path

from config.environment import read_environment

__all__ = ["GRAPHENE", "REPORT_CACHE_SECONDS"]

_env = read_environment(Path(__file__).resolve().parent.parent / ".env")

REPORT_CACHE_SECONDS = _env.int("REPORT_CACHE_SECONDS", default=3600)
GRAPHENE = {"SCHEMA": "config.graphql.schema"}
