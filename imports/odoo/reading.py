"""Which tables of an Odoo are read, in the order in which they refer to each other."""

from __future__ import annotations

from collections.abc import Collection

from imports.odoo.cards import Cards
from imports.odoo.credit_notes import CreditNotes
from imports.odoo.orders import PosOrders, SalesOrders
from imports.odoo.partners import Partners
from imports.odoo.products import Products
from imports.odoo.programs import Programs
from imports.odoo.step import Odoo, Step
from imports.odoo.stores import PosConfigs

STEPS: tuple[type[Step], ...] = (
    PosConfigs,
    Products,
    Partners,
    Programs,
    Cards,
    PosOrders,
    SalesOrders,
    CreditNotes,
)
TABLES = tuple(step.table for step in STEPS)


def steps_of(odoo: Odoo, tables: Collection[str]) -> list[Step]:
    """Return the steps of these tables, in their order."""
    return [step(odoo) for step in STEPS if step.table in tables]
