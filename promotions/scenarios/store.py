"""One scenario's store: made through the API, then sold in, step by step."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from promotions.scenarios import bodies, observations
from promotions.scenarios.expectations import Observed
from promotions.scenarios.names import Names
from promotions.scenarios.observations import Committed, Programs
from promotions.scenarios.rest import Answer, ApiRefusal, Rest, segment
from promotions.scenarios.schema import Scenario, ScenarioClaim, Step

_GENERATED = "$coupon:"


class Store:
    """The products, members, programs and coupons of a scenario, and what was sold so far."""

    def __init__(self, rest: Rest, scenario: Scenario, now: datetime) -> None:
        """Make everything the scenario starts with. Raises: ApiRefusal."""
        self._rest = rest
        self._scenario = scenario
        self._names = Names()
        self._now = now
        self._shift = shift_of(scenario, now)
        self._programs = Programs(rest)
        self._commits: dict[int, Committed] = {}
        self._generated: dict[str, list[str]] = {}
        self._pos = self._names.pos_config(self._pos_keys()[0])
        self._set_up()

    def play(self, place: int) -> Observed:
        """Do the step at this place, counted from 0, and return what came of it."""
        step = self._scenario.steps[place]
        try:
            if step.do == "refund":
                return self._refund(step)
            return self._sell(place, step)
        except ApiRefusal as refusal:
            if refusal.status >= 500:
                raise
            return Observed(refusal=str(refusal))

    # Setting up

    def _pos_keys(self) -> list[str | int]:
        named = [ref for program in self._scenario.programs for ref in program.pos_config_ids]
        return list(dict.fromkeys(named)) or ["main"]

    def _set_up(self) -> None:
        for key in self._pos_keys():
            path = f"pos-configs/{segment(self._names.pos_config(key))}"
            self._rest.put(path, bodies.pos_config(self._scenario))
        for product in self._scenario.products:
            self._rest.put(f"products/{segment(product.sku)}", bodies.product(product))
        self._make_levels()
        for partner in self._scenario.partners:
            body: Answer = {"name": partner.key}
            if partner.membership:
                body["membership"] = self._names.membership(partner.membership)
            self._rest.put(f"partners/{segment(self._names.partner(partner.key))}", body)
        self._make_programs()
        self._make_cards()

    def _make_levels(self) -> None:
        levels = [partner.membership for partner in self._scenario.partners]
        levels += [rule.membership for one in self._scenario.programs for rule in one.rules]
        for rank, level in enumerate(dict.fromkeys(filter(None, levels)), start=1):
            path = f"membership-products/{segment(self._names.membership(level))}"
            self._rest.put(path, {"name": level, "rank": rank})

    def _make_programs(self) -> None:
        for program in self._scenario.programs:
            if bodies.keeps_points(program):
                path = f"loyalty-programs/{segment(self._names.loyalty_program(program.key))}"
                self._rest.put(path, bodies.loyalty_program(self._scenario, program))
            body = bodies.program(self._scenario, program, self._names, self._shift)
            self._programs.learn(program.key, self._rest.post("programs", body))
        wallets = {one.key for one in self._scenario.programs if one.program_type == "ewallet"}
        payments = {one.key for one in self._scenario.programs if bodies.keeps_points(one)}
        for place, coupon in enumerate(self._scenario.coupons):
            if coupon.program in payments and self._is_over(coupon.date_to):
                continue  # no card is made that has expired; its code is unknown from the start
            path = f"programs/{self._programs.id_of(coupon.program)}/coupons"
            body = bodies.coupon(coupon, self._names, self._shift)
            if coupon.program in wallets and coupon.partner is None:
                # An e-wallet has an owner here: one that no step names.
                body["partner"] = self._names.stranger(place)
                self._rest.put(f"partners/{segment(body['partner'])}", {"name": coupon.code})
            self._rest.post(path, body)

    def _is_over(self, day: date | None) -> bool:
        """Tell whether this last day of a card lies before every step."""
        if day is None:
            return False
        end = datetime.combine(day, time.max, UTC)
        steps = [_aware(step.at) if step.at else self._now for step in self._scenario.steps]
        return end + self._shift < self._now and all(end < at for at in steps)

    def _make_cards(self) -> None:
        loyalty = [one for one in self._scenario.programs if one.program_type == "loyalty"]
        for place, partner in enumerate(self._scenario.partners):
            if partner.card_points is None or not loyalty:
                continue
            path = f"cards/{segment(self._names.card(place))}"
            card = {
                "loyalty_program": self._names.loyalty_program(loyalty[0].key),
                "partner": self._names.partner(partner.key),
            }
            self._rest.put(path, card)
            if partner.card_points:
                earned = {"points": str(partner.card_points), "origin": self._scenario.id}
                self._rest.post(f"{path}/earn", earned)

    # Selling and taking back

    def _sell(self, place: int, step: Step) -> Observed:
        partner = self._names.partner(step.partner) if step.partner is not None else None
        body: Answer = {
            "pos_config": self._pos,
            "partner": partner,
            "codes": [self._code(code) for code in step.codes],
            "claims": self._claims(step.claim),
            "lines": self._lines(step),
        }
        if step.at is not None:
            body["at"] = (_aware(step.at) + self._shift).isoformat()
        if step.do == "quote":
            answer = self._rest.post("orders/quote", body)
        else:
            body["ref"] = self._names.order(place)
            answer = self._rest.post("orders", body)
            self._remember(place, step, answer)
        made = [issued["code"] for issued in answer["coupons_issued"] if "code" in issued]
        balances = self._balances(step, [*body["codes"], *made], answer)
        return observations.of_order(answer, self._programs, balances)

    def _lines(self, step: Step) -> list[Answer]:
        """Return the lines; a product of the file brings its price, others have the catalog's."""
        prices = {product.sku: product.price for product in self._scenario.products}
        return [
            {
                "line_id": str(place),
                "sku": line.sku,
                "qty": str(line.qty),
                "unit_price": str(prices[line.sku]) if line.sku in prices else None,
            }
            for place, line in enumerate(step.lines, start=1)
        ]

    def _claims(self, claims: tuple[ScenarioClaim, ...]) -> list[Answer]:
        return [
            {
                "program": self._programs.id_of(claim.program),
                "reward": self._programs.reward_id(claim.program, claim.reward),
                "times": times,
            }
            for claim, times in Counter(claims).items()
        ]

    def _code(self, code: str) -> str:
        """Return the code, or the one that an earlier commit made where it says `$coupon:KEY:N`."""
        if not code.startswith(_GENERATED):
            return code
        key, _, number = code.removeprefix(_GENERATED).partition(":")
        made = self._generated.get(key, [])
        return made[int(number)] if number.isdigit() and int(number) < len(made) else code

    def _remember(self, place: int, step: Step, answer: Answer) -> None:
        made = answer["coupons_issued"]
        codes = tuple(issued["code"] for issued in made)
        self._commits[place] = Committed(self._names.order(place), step, codes)
        for issued in made:
            key = self._programs.key_of(issued["program"])
            self._generated.setdefault(key, []).append(issued["code"])

    def _refund(self, step: Step) -> Observed:
        assert step.of_step is not None
        sold = self._commits.get(step.of_step)
        if sold is None:
            return Observed(refusal="the commit to refund was refused")
        path = f"orders/{segment(sold.ref)}/returns"
        answer = self._rest.post(path, {"lines": sold.lines_given_back(step)})
        entered = [self._code(code) for code in (*step.codes, *sold.step.codes)]
        balances = self._balances(step, [*entered, *sold.made], {})
        prices = {product.sku: product.price for product in self._scenario.products}
        values = [(line.sku, prices.get(line.sku, Decimal(0)) * line.qty) for line in step.lines]
        return observations.of_return(answer, self._programs, values, balances)

    def _balances(self, step: Step, codes: list[str], answer: Answer) -> dict[str, Decimal]:
        """Return the balances that the step expects something of."""
        found: dict[str, Decimal] = {}
        for key in step.expect.balance or {}:
            program = next((one for one in self._scenario.programs if one.key == key), None)
            if program is None:
                continue
            if bodies.keeps_points(program):
                points = self._names.loyalty_program(key)
                balance = observations.card_balance(
                    self._rest,
                    answer,
                    points,
                    codes,
                    self._names.partner(step.partner) if step.partner else None,
                )
            else:
                balance = observations.coupon_balance(self._rest, self._programs.id_of(key), codes)
            if balance is not None:
                found[key] = balance
        return found


def shift_of(scenario: Scenario, now: datetime) -> timedelta:
    """Return by how many whole days the scenario is moved.

    An order can be committed at most some hours late. A scenario whose commits have instants
    is moved, with its programs and coupons, so that the last of them was within the last day.
    """
    sold = [_aware(step.at) for step in scenario.steps if step.do == "commit" and step.at]
    if not sold:
        return timedelta(0)
    return timedelta(days=(now - max(sold)) // timedelta(days=1))


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
