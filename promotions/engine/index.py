"""The tables of a catalog, and how a new version is made from an old one without rebuilding it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from operator import attrgetter
from typing import TypeVar

from promotions.engine.compiled import CompiledProgram
from promotions.engine.definition import ProductFilter
from promotions.engine.filters import EVERYTHING, FilterNode

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Place = tuple[int | None, int | None]


class Ladder:
    """Programs that match every product, by the least amount they ask (ten-thousandths)."""

    __slots__ = ("amounts", "programs")

    def __init__(self, rungs: list[tuple[int, int, CompiledProgram]]) -> None:
        """Take (amount, program id, program), in any order."""
        rungs.sort(key=lambda rung: rung[:2])
        self.amounts = [amount for amount, _, _ in rungs]
        self.programs = [program for _, _, program in rungs]


class Index:
    """The tables of one version; nothing in them is changed once it is made.

    `users`: the programs with a rule on a filter. `ladders`: by (POS or None, membership or None).
    """

    __slots__ = (
        "by_card",
        "by_category",
        "by_code",
        "by_product",
        "by_tag",
        "ladders",
        "nodes",
        "users",
    )

    def __init__(self) -> None:
        """Start empty."""
        self.nodes: dict[ProductFilter, FilterNode] = {ProductFilter(): EVERYTHING}
        self.users: dict[FilterNode, tuple[CompiledProgram, ...]] = {}
        self.by_product: dict[int, tuple[FilterNode, ...]] = {}
        self.by_category: dict[int, tuple[FilterNode, ...]] = {}
        self.by_tag: dict[str, tuple[FilterNode, ...]] = {}
        self.by_code: dict[str, tuple[CompiledProgram, ...]] = {}
        self.by_card: dict[int, tuple[CompiledProgram, ...]] = {}
        self.ladders: dict[Place, Ladder] = {}

    def draft(self) -> Draft:
        """Return a draft of the next version."""
        return Draft(self)


class _Edited(dict[Key, list[Item]]):
    """The entries of a table that a draft touches, as lists; the rest stays shared."""

    def __init__(self, table: dict[Key, tuple[Item, ...]]) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, key: Key) -> list[Item]:
        entry = self[key] = list(self._table.get(key, ()))
        return entry

    def freeze(self) -> dict[Key, tuple[Item, ...]]:
        """Return the whole table with the changes; entries that became empty are gone."""
        table = self._table | {key: tuple(entry) for key, entry in self.items()}
        for key, entry in self.items():
            if not entry:
                del table[key]
        return table


class Draft:
    """A copy-on-write edition of an index."""

    def __init__(self, base: Index) -> None:
        """Start from a version's tables."""
        self._nodes = dict(base.nodes)
        self._users = _Edited(base.users)
        self._by_product = _Edited(base.by_product)
        self._by_category = _Edited(base.by_category)
        self._by_tag = _Edited(base.by_tag)
        self._by_code = _Edited(base.by_code)
        self._by_card = _Edited(base.by_card)
        self._ladders = base.ladders
        self._rungs: dict[Place, list[tuple[int, int, CompiledProgram]]] = {}

    def intern(self, products: ProductFilter) -> FilterNode:
        """Return the one node of a filter."""
        node = self._nodes.get(products)
        if node is None:
            node = self._nodes[products] = FilterNode(products)
        return node

    def add(self, program: CompiledProgram) -> None:
        """Enter a program wherever a basket, a code or a card can lead to it."""
        for node in _filters(program):
            users = self._users[node]
            if not users:
                self._link(node)
            users.append(program)
        for place, amount in _places(program):
            self._rungs_at(place).append((amount, program.id, program))
        for code in _codes(program):
            self._by_code[code].append(program)
        if program.loyalty_program_id is not None and (program.on_card or program.is_payment):
            self._by_card[program.loyalty_program_id].append(program)

    def remove(self, program: CompiledProgram) -> None:
        """Take a program out of every table."""
        for node in _filters(program):
            users = self._users[node]
            users.remove(program)
            if not users:
                self._unlink(node)
        for place, amount in _places(program):
            self._rungs_at(place).remove((amount, program.id, program))
        for code in _codes(program):
            self._by_code[code].remove(program)
        if program.loyalty_program_id is not None and (program.on_card or program.is_payment):
            self._by_card[program.loyalty_program_id].remove(program)

    def freeze(self) -> Index:
        """Return the next version's tables."""
        index = Index()
        index.nodes = self._nodes
        index.users = self._users.freeze()
        index.by_product = self._by_product.freeze()
        index.by_category = self._by_category.freeze()
        index.by_tag = self._by_tag.freeze()
        for programs in (*self._by_code.values(), *self._by_card.values()):
            programs.sort(key=attrgetter("id"))  # the first one's id is what a code is said to name
        index.by_code = self._by_code.freeze()
        index.by_card = self._by_card.freeze()
        index.ladders = dict(self._ladders)
        for place, rungs in self._rungs.items():
            index.ladders.pop(place, None)
            if rungs:
                index.ladders[place] = Ladder(rungs)
        return index

    def _link(self, node: FilterNode) -> None:
        for product in node.products:
            self._by_product[product].append(node)
        for category in node.categories:
            self._by_category[category].append(node)
        for tag in node.tags:
            self._by_tag[tag].append(node)

    def _unlink(self, node: FilterNode) -> None:
        for product in node.products:
            self._by_product[product].remove(node)
        for category in node.categories:
            self._by_category[category].remove(node)
        for tag in node.tags:
            self._by_tag[tag].remove(node)

    def _rungs_at(self, place: Place) -> list[tuple[int, int, CompiledProgram]]:
        rungs = self._rungs.get(place)
        if rungs is None:
            ladder = self._ladders.get(place)
            rungs = []
            if ladder is not None:
                rungs = [
                    (amount, program.id, program)
                    for amount, program in zip(ladder.amounts, ladder.programs, strict=True)
                ]
            self._rungs[place] = rungs
        return rungs


def _filters(program: CompiledProgram) -> set[FilterNode]:
    """Return the filters through which a basket alone leads to the program."""
    if program.is_referral:
        return set()  # nothing happens without the referrer's code
    return {
        rule.node
        for rule in program.rules
        if rule.starts and rule.code is None and not rule.node.everything
    }


def _places(program: CompiledProgram) -> Iterator[tuple[Place, int]]:
    """Yield the ladders the program stands on, each with the least amount of its rules there."""
    if program.is_referral:
        return
    places = program.definition.pos_configs or (None,)
    least: dict[int | None, int] = {}
    for rule in program.rules:
        if rule.starts and rule.code is None and rule.node.everything:
            amount = least.get(rule.membership, rule.min_amount)
            least[rule.membership] = min(amount, rule.min_amount)
    for membership, amount in least.items():
        for pos in places:
            yield (pos, membership), amount


def _codes(program: CompiledProgram) -> set[str]:
    return {rule.code for rule in program.rules if rule.code is not None}
