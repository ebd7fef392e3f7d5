"""Looking at the category tree."""

from promotions.models import Category

COFFEE = {"name": "Coffee", "price": "3.50", "category": "Drinks > Coffee", "tags": ["hot", "new"]}


def tree() -> dict[str, tuple[list[str], str | None]]:
    """Return the categories by path, each with the paths of its lineage and its parent's."""
    rows = {row.pk: row for row in Category.objects.all()}
    return {
        row.path: (
            [rows[key].path for key in row.lineage],
            rows[row.parent_id].path if row.parent_id else None,
        )
        for row in rows.values()
    }
