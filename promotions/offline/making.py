"""From the database to a signed bundle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.utils import translation

from access.json import dump
from promotions import catalog_store
from promotions.catalog_store import Snapshot, Store
from promotions.descriptions import describe_reward
from promotions.engine.definition import Program
from promotions.offline.bundle import (
    FORMAT,
    Bundle,
    BundleCategory,
    BundleProduct,
    write_bundle,
)
from promotions.offline.keys import signing_keys
from promotions.offline.limits import BUNDLE_LIFE, BUNDLE_RENEWAL
from promotions.offline.signature import key_id, sign
from promotions.orders.intake import find_store
from promotions.queries import read_coupons_and_usage

_STATE = """
SELECT s.version, (
  SELECT md5(string_agg(md5(ROW(p.id, p.sku, p.name, p.price, p.tags, c.lineage, c.path)::text),
                        '' ORDER BY p.id))
  FROM promotions_product p LEFT JOIN promotions_category c ON c.id = p.category_id
  WHERE p.active)
FROM promotions_catalogstate s
"""
_PRODUCTS = """
SELECT s.version, p.id, p.sku, p.name, p.price::text, p.category_id, p.tags
FROM promotions_catalogstate s
LEFT JOIN promotions_product p ON p.active ORDER BY p.id
"""
_CATEGORIES = "SELECT id, path, lineage FROM promotions_category ORDER BY id"


@dataclass(frozen=True, slots=True)
class CatalogState:
    """What a bundle would hold now. `tag`: changes with it, with the key, and with the hours."""

    version: int
    tag: str


def read_state(pos: str | int, *, at: datetime) -> CatalogState:
    """Return what a bundle of this point of sale would hold, in one cheap statement.

    The tag changes every few hours too, so that a till with a line never holds an old bundle.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        version, products = cursor.fetchone()
    period = int(at.timestamp() // BUNDLE_RENEWAL.total_seconds())
    key = key_id(signing_keys()[0].public_key())
    said = f"{FORMAT}|{pos}|{version}|{products}|{period}|{key}"
    return CatalogState(version, hashlib.sha256(said.encode()).hexdigest()[:32])


def make_bundle(pos_config: str | int, *, version: int, at: datetime) -> bytes:
    """Return the signed bundle of a point of sale as JSON.

    `version`: the catalog version that the caller has just read. Raises: PosConfigNotFound.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PRODUCTS)
        rows = cursor.fetchall()
        cursor.execute(_CATEGORIES)
        categories = cursor.fetchall()
    snapshot = catalog_store.snapshot(rows[0][0] if rows else version)
    store = find_store(snapshot, pos_config)
    bundle = Bundle(
        format=FORMAT,
        catalog_version=snapshot.version,
        made_at=at,
        valid_until=at + BUNDLE_LIFE,
        pos=store.facts,
        pos_name=store.name,
        programs=tuple(snapshot.catalog.programs.values()),
        points_refs=snapshot.points_refs,
        products=tuple(
            BundleProduct(key, sku, name, Decimal(price), category, tuple(tags))
            for _, key, sku, name, price, category, tags in rows
            if key is not None
        ),
        categories=tuple(
            BundleCategory(key, path, tuple(lineage)) for key, path, lineage in categories
        ),
        descriptions=_descriptions(snapshot, store),
        usage=read_coupons_and_usage(
            code_keys=(), limited=snapshot.catalog.limited_program_ids, partner_id=None
        ).usage,
    )
    return dump(sign(write_bundle(bundle), signing_keys()[0]))


def _descriptions(snapshot: Snapshot, store: Store) -> dict[str, dict[str, str]]:
    """Return the texts of the rewards in every language, as receipts of this store have them."""
    programs = snapshot.catalog.programs.values()
    said = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said[language] = dict(_described(programs, store.facts.currency, language))
    return said


def _described(
    programs: Iterable[Program], currency: str, language: str
) -> Iterable[tuple[str, str]]:
    for program in programs:
        for reward in program.rewards:
            if not reward.description:
                text = describe_reward(program, reward.id, currency, language)
                yield f"{program.id}/{reward.id}", text
