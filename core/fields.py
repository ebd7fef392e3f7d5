"""The three kinds of numbers of the product, so that every table keeps them alike."""

from decimal import Decimal
from typing import Any

from django.db import models


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An amount in major units of a currency; four decimals hold every ISO 4217 currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 18, "decimal_places": 4, **kwargs})


class QuantityField(models.DecimalField):  # type: ignore[type-arg]
    """A quantity of goods, fractions allowed (weighed goods)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 14, "decimal_places": 4, **kwargs})


class PointsField(models.DecimalField):  # type: ignore[type-arg]
    """An amount of points; a loyalty program says how many of the decimals it uses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 18, "decimal_places": 4, **kwargs})


ZERO = Decimal(0)
