"""Programs as a file: the bodies of the API, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import orjson
from django.utils.translation import gettext as _

from access.json import dump
from core.numbers import decimal_hook
from promotions.errors import InvalidProgram
from promotions.models import PromotionProgram
from promotions.programs.answers import program_answers
from promotions.programs.body import Input, ProgramBody
from promotions.programs.faults import Fault, as_errors

FORMAT = 1
#: What a shop answers of a program and another shop would not take.
_OWN = ("id", "state", "in_review", "version", "unpublished_changes", "created_at", "updated_at")
MOST_PROGRAMS = 2_000


class ProgramsFile(Input, frozen=True, kw_only=True):
    """A file of programs. `punchcard_programs`: the number of the format."""

    punchcard_programs: int
    programs: tuple[ProgramBody, ...]


_decoder = msgspec.json.Decoder(ProgramsFile, dec_hook=decimal_hook, float_hook=Decimal)


def write_file(rows: Sequence[PromotionProgram]) -> bytes:
    """Return the drafts as a file. `rows`: with current_version loaded.

    Products, categories, stores and levels are named by their references, ids of rules and
    rewards are left out: the file means the same in another shop that has these references.
    """
    programs = []
    for one in program_answers(rows):
        kept = {name: held for name, held in one.items() if name not in _OWN}
        for part in ("rules", "rewards"):
            kept[part] = [
                {name: held for name, held in row.items() if name != "id"} for row in one[part]
            ]
        programs.append(kept)
    plain = orjson.loads(dump({"punchcard_programs": FORMAT, "programs": programs}))
    return orjson.dumps(plain, option=orjson.OPT_INDENT_2)


def read_file(content: bytes) -> tuple[ProgramBody, ...]:
    """Return the programs of a file. Raises: InvalidProgram, which says where it is wrong."""
    try:
        found = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidProgram(errors=as_errors([Fault("", "invalid", str(error))])) from None
    if found.punchcard_programs != FORMAT:
        detail = _("This is a file of another format than %(format)s.") % {"format": FORMAT}
        raise InvalidProgram(errors=as_errors([Fault("/punchcard_programs", "invalid", detail)]))
    if len(found.programs) > MOST_PROGRAMS:
        detail = _("At most %(most)s programs in one file.") % {"most": MOST_PROGRAMS}
        raise InvalidProgram(errors=as_errors([Fault("/programs", "too_many", detail)]))
    return found.programs
