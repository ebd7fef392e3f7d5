"""Making or changing a point of sale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from django.db import transaction
from msgspec import UNSET

from core.db import lock_rows
from core.sentences import sentence as _
from promotions import labels
from promotions.catalog.input import PosConfigInput
from promotions.catalog_version import next_catalog_version
from promotions.errors import InvalidPosConfig
from promotions.models import PosConfig
from promotions.programs.currencies import currencies
from promotions.programs.faults import Fault, as_errors

_FIELDS = ("name", "time_zone", "currency", "discount_rounding", "return_policy")


@dataclass(frozen=True, slots=True)
class PosConfigSaved:
    """A point of sale as it now is. `changed` False: it was so already."""

    pos_config_id: int
    ref: str
    created: bool
    changed: bool


def upsert_pos_config(*, pos_config: PosConfigInput) -> PosConfigSaved:
    """Make the point of sale with this reference, or change the fields given.

    Raises: InvalidPosConfig with every fault.
    Writes: posconfig; catalogstate if anything changed, so that every till sees it.
    Safe under: replay, no change makes no catalog version; concurrency, by the catalog lock.
    """
    faults = [*_faults(pos_config)]
    if faults:
        raise InvalidPosConfig(errors=as_errors(faults))
    given = {name: value for name in _FIELDS if (value := getattr(pos_config, name)) is not UNSET}
    if "currency" in given:
        given["currency"] = given["currency"].upper()
    given["name"] = given["name"].strip()
    with transaction.atomic():
        row, created = PosConfig.objects.get_or_create(ref=pos_config.ref, defaults=given)
        changed = created
        if not created:
            (row,) = lock_rows(PosConfig.objects.filter(pk=row.pk))
            changed = any(getattr(row, name) != value for name, value in given.items())
            if changed:
                for name, value in given.items():
                    setattr(row, name, value)
                row.save(update_fields=list(given))
        if changed:
            next_catalog_version()
    return PosConfigSaved(row.pk, row.ref, created, changed)


def _faults(data: PosConfigInput) -> Iterator[Fault]:
    if data.time_zone is not UNSET and data.time_zone not in _time_zones():
        detail = _("Not a time zone of the IANA database, such as Asia/Jakarta.")
        yield Fault("/time_zone", "unknown_time_zone", detail)
    if data.currency is not UNSET and data.currency.upper() not in currencies():
        detail = _("Not an ISO 4217 currency, such as USD or IDR.")
        yield Fault("/currency", "unknown_currency", detail)
    for name, choices in (
        ("discount_rounding", labels.ROUNDINGS),
        ("return_policy", labels.RETURN_POLICIES),
    ):
        allowed = [value for value, _label in choices]
        value = getattr(data, name)
        if value is not UNSET and value not in allowed:
            detail = _("One of: %(allowed)s.") % {"allowed": ", ".join(allowed)}
            yield Fault(f"/{name}", "invalid", detail)


@cache
def _time_zones() -> set[str]:
    return available_timezones()
