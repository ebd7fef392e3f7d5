"""Cards and coupons, with what is on them and how it came there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from imports.loading.bodies import CardBody, CouponBody, PastMove
from imports.loading.cards import Cards as CardLoader
from imports.loading.cleaning import clean
from imports.loading.rows import Fault, Prepared, refused
from imports.models import ImportedRow
from imports.odoo.source import Row
from imports.odoo.step import Odoo, Step
from imports.queries import known_rows, loaded_rows

_MOST_POINTS = Decimal(10**10)


class Cards(Step):
    """Cards of programs that keep points, coupons of the others."""

    table, model = "cards", "loyalty.card"

    def __init__(self, odoo: Odoo) -> None:
        super().__init__(odoo)
        self.loader = CardLoader(odoo.name)

    def prepare(self, rows: Sequence[Row]) -> list[Prepared]:
        """Return the cards and coupons."""
        programs = loaded_rows(self.name, "programs", {row["program_id"] for row in rows})
        partners = loaded_rows(self.name, "partners", {row["partner_id"] for row in rows})
        before = known_rows(self.name, self.table, {str(row["id"]) for row in rows})
        histories = self._histories(rows)
        return [
            self._card(
                row,
                programs.get(row["program_id"] or 0),
                partners,
                before.get(str(row["id"])),
                histories[row["id"]],
            )
            for row in rows
        ]

    def _card(
        self,
        row: Row,
        program: ImportedRow | None,
        partners: dict[int, ImportedRow],
        before: ImportedRow | None,
        history: list[Row],
    ) -> Prepared:
        key = str(row["id"])
        is_new = before is None or before.target_id is None
        if is_new and row["active"] is False:
            return Prepared(key, left_out=True)
        faults = self._faults(row, program, partners)
        if faults or program is None:
            return refused(key, *faults)
        what = program.held["codes"]
        points = _rounded(row["points"], int(program.held.get("decimals", 4)))
        # An empty coupon is worth nothing; a throw-away card of an order of its own is one too.
        if is_new and what != "card" and not points:
            return Prepared(key, left_out=True)
        if not what:
            kind = program.held["type"]
            return refused(key, Fault("program_id", "no_codes_of_program", {"type": kind}))
        partner = partners[row["partner_id"]].target_id if row["partner_id"] else None
        expires_at, active = self.odoo.end_of(row["expiration_date"]), row["active"] is not False
        if what == "coupon":
            assert program.target_id is not None
            coupon = CouponBody(
                row["code"], program.target_id, partner, points, expires_at, active=active
            )
            return Prepared(key, coupon, about={"program": program.ref})
        # Several gift cards may be meant for one person; here they belong to who has the code.
        owner = None if program.held["type"] == "gift_card" else partner
        moves = self._moves(program, history, before)
        last = max((int(move.key) for move in moves), default=_last_move(before))
        card = CardBody(
            code=row["code"],
            loyalty_program_id=program.held["loyalty_program_id"],
            partner_id=owner,
            points=points,
            expires_at=expires_at,
            opened_at=row["create_date"],
            history=moves,
            active=active,
        )
        says = (card.code, card.loyalty_program_id, owner, points, expires_at, active, last)
        return Prepared(key, card, says=says, about={"program": program.ref, "last_move": last})

    def _faults(
        self, row: Row, program: ImportedRow | None, partners: dict[int, ImportedRow]
    ) -> list[Fault]:
        faults = list[Fault]()
        if program is None:
            faults.append(_not_here("program_id", row["program_id"]))
        if row["partner_id"] and row["partner_id"] not in partners:
            faults.append(_not_here("partner_id", row["partner_id"]))
        if not row["code"]:
            faults.append(Fault("code", "required"))
        points = row["points"]
        if not points.is_finite() or points >= _MOST_POINTS:
            faults.append(Fault("points", "number_unfit", {"number": str(points)}))
        elif points < 0:
            faults.append(Fault("points", "negative_balance", {"points": str(points)}))
        return faults

    def _histories(self, rows: Sequence[Row]) -> dict[int, list[Row]]:
        found = defaultdict[int, list[Row]](list)
        for row in self.source.read("loyalty.history", "card_id", {row["id"] for row in rows}):
            found[row["card_id"]].append(row)
        return found

    def _moves(
        self, program: ImportedRow, history: list[Row], before: ImportedRow | None
    ) -> tuple[PastMove, ...]:
        """Return the moves behind the last one taken over, in the order of their time."""
        last, decimals = _last_move(before), int(program.held.get("decimals", 2))
        moves = [
            PastMove(
                key=str(row["id"]),
                points=_rounded(row["issued"] - row["used"], decimals),
                at=row["create_date"],
                description=clean(row["description"], 120),
            )
            for row in history
            if row["id"] > last and row["create_date"] is not None
        ]
        return tuple(sorted(moves, key=lambda move: (move.at, int(move.key))))


def _last_move(before: ImportedRow | None) -> int:
    return 0 if before is None else int(before.held.get("last_move", 0))


def _rounded(points: Decimal, decimals: int) -> Decimal:
    """Return points as they are kept here; there they are binary fractions."""
    if not points.is_finite():
        return points
    return points.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _not_here(column: str, key: object) -> Fault:
    return Fault(column, "not_imported", {"key": str(key)})
