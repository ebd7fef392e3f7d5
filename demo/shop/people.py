"""The members of the demo shop: names from many countries, the same for the same seed."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from faker import Faker

# How often a name comes from where; the others write with Latin letters, these two are romanized.
_WEIGHTS = {
    "en_US": 38,
    "es_MX": 14,
    "id_ID": 8,
    "en_GB": 6,
    "en_IN": 6,
    "de_DE": 4,
    "fr_FR": 4,
    "zh_CN": 4,
    "it_IT": 3,
    "pl_PL": 3,
    "pt_BR": 3,
    "en_NG": 2,
    "ja_JP": 2,
    "nl_NL": 1,
    "sv_SE": 1,
    "tr_TR": 1,
}
MEMBER_PREFIX = "member-"
# The first member is the keenest, and keeps their coupon for `manage.py demo`.
REGULAR = 0
_ROMANIZED = {"zh_CN", "ja_JP"}
# Shares of the members at each level, best first; the keenest shoppers hold the best, and those
# who come seldom have none yet.
LEVELS = (("gold", 0.08), ("silver", 0.18), ("bronze", 0.34))


@dataclass(frozen=True, slots=True)
class ShopMember:
    """A member.

    `keenness`: how often they shop, in relation to others. `home` and `joined`, from 0 to 1:
    where among the stores they live, and when in the year they reached their level.
    """

    ref: str
    name: str
    email: str
    phone: str
    level: str | None
    keenness: float
    home: float
    joined: float


def member_ref(number: int) -> str:
    """Return the reference of a member, counted from 0."""
    return f"{MEMBER_PREFIX}{number + 1:04d}"


def invent_members(count: int, seed: int) -> tuple[ShopMember, ...]:
    """Return so many members, the same ones for the same seed."""
    chance = random.Random(f"members {seed}")  # noqa: S311 - nothing secret is drawn
    name_of = {locale: _namer(locale, seed) for locale in _WEIGHTS}
    locales = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=count)
    keenness = sorted((chance.paretovariate(1.6) for _ in range(count)), reverse=True)
    places = list(range(1, count))
    chance.shuffle(places)
    places.insert(REGULAR, 0)
    members = []
    for number, (locale, place) in enumerate(zip(locales, places, strict=True)):
        name = name_of[locale]()
        members.append(
            ShopMember(
                ref=member_ref(number),
                name=name,
                email=f"{_ascii(name)}.{number + 1}@example.com",
                phone=f"+1 555 01{chance.randrange(100):02d} {number + 1:04d}",
                level=_level(place / count),
                keenness=min(keenness[place], 12.0),
                home=chance.random(),
                joined=chance.random(),
            )
        )
    return tuple(members)


def _namer(locale: str, seed: int) -> Callable[[], str]:
    """Return a function that invents full names of a locale."""
    faker = Faker(locale)
    faker.seed_instance(f"{locale} {seed}")
    if locale in _ROMANIZED:
        return lambda: str(faker.romanized_name())
    return lambda: f"{faker.first_name()} {faker.last_name()}"


def _level(rank: float) -> str | None:
    """Return the level of who stands at this share of the keenest."""
    for level, share in LEVELS:
        if rank < share:
            return level
        rank -= share
    return None


def _ascii(name: str) -> str:
    """Return the name as the local part of an address."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]+", ".", plain).strip(".") or "member"
