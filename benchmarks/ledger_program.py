"""The benchmark's kind of points, pending never and good for a year as most are; and its till."""

import django

from benchmarks.ledger_book import PROGRAM

if __name__ == "__main__":
    django.setup()
    from loyalty.domain.terms import Expiry
    from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
    from promotions.catalog.input import PosConfigInput
    from promotions.services.upsert_pos_config import upsert_pos_config

    upsert_loyalty_program(ref=PROGRAM, name="Bench", expiry=Expiry.DAYS, expiry_length=365)
    upsert_pos_config(pos_config=PosConfigInput(ref="bench", name="Bench", time_zone="UTC"))
