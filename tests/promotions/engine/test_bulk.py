"""Records made in bulk are those that the dataclass would make."""

from decimal import Decimal

import pytest

from promotions.engine.bulk import Bulk
from promotions.engine.decision import Share


def test_records_are_made_column_by_column():
    made = Bulk(Share).make(2, ["a", "b"], iter([Decimal(1), Decimal(2)]))
    assert made == (Share("a", Decimal(1)), Share("b", Decimal(2)))
    assert Bulk(Share).make(0, [], []) == ()


@pytest.mark.parametrize("columns", [(), (["a"],), (["a"], [1], [2])])
def test_every_field_needs_its_column(columns):
    with pytest.raises(ValueError, match="argument 2"):
        Bulk(Share).make(1, *columns)
