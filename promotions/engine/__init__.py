"""The promotion engine: a pure function from (cart, catalog, wallet, now) to a Decision.

Nothing in here knows Django, a database, a cache or a clock.
"""

from promotions.engine.evaluation import evaluate

__all__ = ["evaluate"]
