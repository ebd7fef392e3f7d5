"""The kind of points of the benchmark: pending never, good for a year, as most are."""

import django

from benchmarks.ledger_book import PROGRAM

if __name__ == "__main__":
    django.setup()
    from loyalty.domain.terms import Expiry
    from loyalty.services.upsert_loyalty_program import upsert_loyalty_program

    upsert_loyalty_program(ref=PROGRAM, name="Bench", expiry=Expiry.DAYS, expiry_length=365)
