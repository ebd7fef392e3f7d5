"""What a service refused, in the words of a shop and the language of the page."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import PunchcardError

_MESSAGES: Mapping[str, str | Promise] = {
    "program_not_found": _("This program is gone."),
    "program_incomplete": _("The program cannot be published yet."),
    "program_archived": _("The program is archived; make a new one instead."),
    "program_not_published": _("The program is not in force, so there is nothing to pause."),
    "second_person_needed": _(
        "You edited this program, so somebody else has to look at it and publish it."
    ),
    "version_not_found": _("The program has no such version."),
    "version_not_restorable": _("The version names products or other things that are gone."),
    "ref_taken": _("Another program has this reference."),
    "code_taken": _("A code is in use elsewhere; choose another one."),
    "too_many_coupons": _("That is more codes than can be issued at once."),
    "coupons_not_for_program": _("No coupon could ever be used for this program."),
    "invalid": _("Something is not right; see below."),
}


def refusal_sentences(error: PunchcardError) -> list[str]:
    """Return the refusal as sentences: what was refused, then every single fault."""
    said = [str(_MESSAGES.get(error.code, error.detail))]
    for name in ("errors", "missing"):
        faults = error.facts.get(name)
        if isinstance(faults, (list, tuple)):
            said += [str(one["detail"]) for one in faults]
    codes = error.facts.get("codes")
    if isinstance(codes, (list, tuple, set, frozenset)):
        said.append(", ".join(sorted(str(code) for code in codes)))
    return said


def refusal_text(error: PunchcardError) -> str:
    """Return the sentences in one line."""
    return " ".join(refusal_sentences(error))
