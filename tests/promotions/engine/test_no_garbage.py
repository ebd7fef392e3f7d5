"""What an evaluation makes is gone when its Decision is: nothing waits for the collector."""

import gc

from promotions.engine import evaluate
from promotions.engine.catalog import Catalog
from promotions.engine.terms import ProgramType
from tests.properties.engine_shops import NOW
from tests.properties.engine_whole import shop_of


def test_an_evaluation_leaves_no_reference_cycles():
    """A cycle is freed only by the collector, which looks through all of a process's objects."""
    types: set[ProgramType] = set()
    was_on = gc.isenabled()
    gc.disable()
    gc.freeze()  # so that collecting need not look at what was there before
    try:
        for seed in range(40):
            shop = shop_of(seed, list(range(1, 41)), list(range(1, 21)))
            types.update(program.program_type for program in shop.programs)
            catalog = Catalog.build(shop.programs, 1)
            for explain in (False, True):
                gc.collect()
                decision = evaluate(shop.cart, catalog, shop.wallet, NOW, explain=explain)
                assert gc.collect() == 0, f"seed {seed}, explain {explain}"
                assert decision.lines
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()
    assert types == set(ProgramType)
