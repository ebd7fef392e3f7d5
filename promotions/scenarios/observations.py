"""From the answers of the API to the words of a scenario."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from promotions.scenarios.expectations import Observed
from promotions.scenarios.rest import Answer, ApiRefusal, Rest, segment
from promotions.scenarios.schema import Step


class Programs:
    """The programs' keys and ids, those of the file and those the shop has published."""

    def __init__(self, rest: Rest) -> None:
        """Know none yet."""
        self._rest = rest
        self._ids: dict[str, int] = {}
        self._keys: dict[int, str] = {}
        self._rewards: dict[str, list[int]] = {}
        self._points: dict[str, str] = {}

    def learn(self, key: str, program: Answer) -> None:
        """Remember a program as the API described it."""
        self._ids[key] = program["id"]
        self._keys[program["id"]] = key
        self._rewards[key] = [reward["id"] for reward in program["rewards"]]
        if program.get("loyalty_program"):
            self._points[program["loyalty_program"]] = key

    def id_of(self, key: str) -> int:
        """Return the id; a key that the file does not list is a reference of the shop's."""
        if key not in self._ids:
            self.learn(key, self._rest.get(f"programs/{segment(key)}"))
        return self._ids[key]

    def reward_id(self, key: str, place: int) -> int:
        """Return the id of the reward at this place. Raises: ApiRefusal if there is none."""
        self.id_of(key)
        rewards = self._rewards[key]
        if place >= len(rewards):
            raise ApiRefusal(f"claim of {key}", 404, {"code": "no_such_reward", "detail": place})
        return rewards[place]

    def key_of(self, program_id: int) -> str:
        """Return the key, or the reference of a program of the shop."""
        if program_id not in self._keys:
            program = self._rest.get(f"programs/{program_id}")
            self.learn(program.get("ref") or f"program {program_id}", program)
        return self._keys[program_id]

    def key_of_points(self, loyalty_program: str | None) -> str | None:
        """Return the key of the program that moves these points."""
        return self._points.get(loyalty_program or "")


@dataclass(frozen=True, slots=True)
class Committed:
    """An order that a step committed."""

    ref: str
    step: Step
    made: tuple[str, ...] = ()
    """Codes of the coupons and gift cards it made."""

    def lines_given_back(self, refund: Step) -> list[Answer]:
        """Return the units given back as lines of the order, filling its lines in turn."""
        left = {str(place): line.qty for place, line in enumerate(self.step.lines, start=1)}
        skus = {str(place): line.sku for place, line in enumerate(self.step.lines, start=1)}
        given: dict[str, Decimal] = defaultdict(Decimal)
        for line in refund.lines:
            wanted, last = line.qty, None
            for line_id in (one for one, sku in skus.items() if sku == line.sku):
                taken = min(wanted, left[line_id])
                given[line_id] += taken
                left[line_id] -= taken
                wanted, last = wanted - taken, line_id
            if wanted and last is not None:
                given[last] += wanted  # more than was sold: let the API refuse it
        return [{"line_id": one, "qty": str(qty)} for one, qty in given.items() if qty]


def of_order(answer: Answer, programs: Programs, balances: Mapping[str, Decimal]) -> Observed:
    """Return what a quote or a commit came to."""
    rewards, payments = answer["rewards"], answer["payments"]
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for reward in rewards:
        spent[programs.key_of(reward["program"])] += Decimal(reward["points_cost"])
    for payment in payments:
        points = payment.get("points") or payment["amount"]
        spent[programs.key_of(payment["program"])] += Decimal(points)
    free: dict[str, Decimal] = defaultdict(Decimal)
    for item in answer["free_items"]:
        free[item["sku"]] += Decimal(item["qty"])
    coupons: dict[str, list[Decimal | None]] = defaultdict(list)
    for issued in answer["coupons_issued"]:
        held = issued.get("points")
        coupons[programs.key_of(issued["program"])].append(None if held is None else Decimal(held))
    giving = [*rewards, *payments, *answer["free_items"]]
    return Observed(
        total=Decimal(answer["amount_due"]),
        discount_total=Decimal(answer["subtotal"]) - Decimal(answer["amount_due"]),
        line_discounts=tuple(Decimal(line["discount"]) for line in answer["lines"]),
        free_items=free,
        points_earned=_earned(answer, programs),
        points_spent=spent,
        balance=balances,
        applied_programs=frozenset(programs.key_of(one["program"]) for one in giving),
        coupons={key: tuple(held) for key, held in coupons.items()},
        rejected={
            fate["code"]: fate["reason"] for fate in answer["codes"] if fate["status"] == "rejected"
        },
        refused_claim=_refused_claim(answer),
    )


def of_return(
    answer: Answer,
    programs: Programs,
    list_values: Sequence[tuple[str, Decimal]],
    balances: Mapping[str, Decimal],
) -> Observed:
    """Return what giving goods back came to; `list_values`: sku and list value of each line.

    `total` is what was refunded, points earned that were taken back and points spent that were
    given back are below zero.
    """
    due = Decimal(answer["refund_due"])
    refunds: dict[str, Decimal] = defaultdict(Decimal)
    for line in answer["lines"]:
        refunds[line["sku"]] += Decimal(line["refund"])
    single = len(dict(list_values)) == len(list_values)
    return Observed(
        total=due,
        discount_total=sum((value for _, value in list_values), Decimal(0)) - due,
        line_discounts=tuple(value - refunds[sku] for sku, value in list_values)
        if single
        else None,
        points_earned=_moved_back(answer, programs, "taken_back"),
        points_spent=_moved_back(answer, programs, "given_back"),
        balance=balances,
    )


def _moved_back(answer: Answer, programs: Programs, what: str) -> dict[str, Decimal]:
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for one in answer["points"]:
        key = programs.key_of_points(one["loyalty_program"])
        if key is not None:
            moved[key] -= Decimal(one[what])
    return moved


def card_balance(
    rest: Rest, answer: Answer, points: str, codes: Sequence[str], partner: str | None
) -> Decimal | None:
    """Return the balance after the step: of the member's card, or of the card behind a code."""
    for moved in answer.get("points", ()):
        if moved["loyalty_program"] == points and not answer.get("payments"):
            return Decimal(moved["balance_after"])
    for code in codes:
        try:
            return Decimal(rest.get(f"cards/{segment(code)}/balance")["balance"])
        except ApiRefusal:
            continue
    if partner is not None:
        for card in rest.get(f"partners/{segment(partner)}")["cards"]:
            if card["loyalty_program"] == points:
                return Decimal(card["balance"])
    return None


def coupon_balance(rest: Rest, program_id: int, codes: Sequence[str]) -> Decimal | None:
    """Return the points left on the coupon of this program that the step entered."""
    for coupon in rest.get(f"programs/{program_id}/coupons", page_size=500)["results"]:
        if coupon["code"] in codes:
            return Decimal(coupon["points"])
    return None


def _earned(answer: Answer, programs: Programs) -> dict[str, Decimal]:
    earned: dict[str, Decimal] = defaultdict(Decimal)
    for moved in answer["points"]:
        key = programs.key_of_points(moved["loyalty_program"])
        if key is not None:
            earned[key] += Decimal(moved["earned"])
    return earned


def _refused_claim(answer: Answer) -> str | None:
    refused = answer.get("refused_claims") or []
    return f"refused: {refused[0]['reason']}" if refused else None
