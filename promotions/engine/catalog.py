"""The published programs as an immutable index: from a basket to the programs that can match it.

The cost of finding programs grows with those that match, not with those that exist:
- rules with a product filter are found by product, category and tag, through shared filter nodes;
- rules that match every product are kept by what else they ask (POS, membership), sorted by the
  least amount, so that only those within reach are looked at;
- rules with a code, coupons, cards and claims are found by key.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from promotions.engine.basket import Basket
from promotions.engine.compiled import CompiledProgram
from promotions.engine.definition import Program
from promotions.engine.filters import FilterNode
from promotions.engine.index import Index

NEAR_MISSES = 3
"""How many programs just out of reach of each threshold list are looked at, for hints."""


class Catalog:
    """All published programs of one catalog version. Build it with `build` or `changed`."""

    __slots__ = (
        "_index",
        "compiled",
        "limited_program_ids",
        "loyalty_program_ids",
        "programs",
        "referral_programs",
        "version",
    )

    def __init__(self, index: Index, compiled: dict[int, CompiledProgram], version: int) -> None:
        """Take what `build` and `changed` prepared."""
        self._index = index
        self.compiled = compiled
        self.version = version
        self.programs: Mapping[int, Program] = MappingProxyType(
            {program_id: program.definition for program_id, program in compiled.items()}
        )
        self.limited_program_ids = frozenset(
            program_id for program_id, program in compiled.items() if program.limited
        )
        self.referral_programs = tuple(
            program for _, program in sorted(compiled.items()) if program.is_referral
        )
        self.loyalty_program_ids = frozenset(
            program.loyalty_program_id
            for program in compiled.values()
            if program.loyalty_program_id is not None
        )

    @classmethod
    def build(cls, programs: Iterable[Program], version: int) -> Catalog:
        """Compile and index the programs of a version.

        Raises: ValueError if a program is not well-formed.
        """
        return cls(Index(), {}, version).changed(programs, (), version)

    def changed(
        self, added: Iterable[Program], removed_ids: Iterable[int], version: int
    ) -> Catalog:
        """Return the catalog of another version: without `removed_ids`, then with `added`.

        An added program replaces the one with its id. Only what changes is compiled and indexed.
        """
        draft = self._index.draft()
        compiled = dict(self.compiled)
        for program_id in removed_ids:
            gone = compiled.pop(program_id, None)
            if gone is not None:
                draft.remove(gone)
        for program in added:
            old = compiled.pop(program.id, None)
            if old is not None:
                draft.remove(old)
            new = compiled[program.id] = CompiledProgram(program, draft.intern)
            draft.add(new)
        return Catalog(draft.freeze(), compiled, version)

    def by_code(self, key: str) -> Sequence[CompiledProgram]:
        """Return the programs that have a rule with this normalised code."""
        return self._index.by_code.get(key, ())

    def by_card(self, loyalty_program_id: int) -> Sequence[CompiledProgram]:
        """Return the programs whose rewards are paid from cards of this kind of points."""
        return self._index.by_card.get(loyalty_program_id, ())

    def find(
        self, basket: Basket, pos_id: int, membership: int | None
    ) -> tuple[set[CompiledProgram], dict[FilterNode, Sequence[int]]]:
        """Return the programs with a rule that the basket touches, and what each filter matched.

        Among programs that match every product, those a little out of reach are returned too.
        """
        index = self._index
        found = self._filters(basket)
        programs: set[CompiledProgram] = set()
        for node in found:
            programs.update(index.users[node])
        gross = (basket.goods + basket.adjustment) * basket.scale
        memberships = (None,) if membership is None else (None, membership)
        for pos in (None, pos_id):
            for member in memberships:
                ladder = index.ladders.get((pos, member))
                if ladder is not None:
                    end = bisect_right(ladder.amounts, gross) + NEAR_MISSES
                    programs.update(ladder.programs[:end])
        return programs, found

    def _filters(self, basket: Basket) -> dict[FilterNode, Sequence[int]]:
        """Return the positions that each touched filter matches."""
        index = self._index
        found: dict[FilterNode, list[int]] = {}
        by_product, by_category, by_tag = index.by_product, index.by_category, index.by_tag
        nothing: tuple[FilterNode, ...] = ()
        for position, product in enumerate(basket.product):
            for node in by_product.get(product, nothing):
                found.setdefault(node, []).append(position)
            if by_category:
                for category in basket.categories[position]:
                    for node in by_category.get(category, nothing):
                        _append_once(found, node, position)
            if by_tag:
                for tag in basket.tags[position]:
                    for node in by_tag.get(tag, nothing):
                        _append_once(found, node, position)
        return found  # type: ignore[return-value]  # lists are sequences; dict is invariant


def _append_once(found: dict[FilterNode, list[int]], node: FilterNode, position: int) -> None:
    """Note a match unless the same position matched the filter in another way."""
    positions = found.setdefault(node, [])
    if not positions or positions[-1] != position:
        positions.append(position)
