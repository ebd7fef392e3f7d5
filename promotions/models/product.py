"""What is sold."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import MoneyField


class Category(models.Model):
    """A node of the category tree, addressed by its path: `Drinks > Coffee`.

    `lineage` holds the ids of the node and all its ancestors, root first, so that a filter on
    a category finds the products of its children without walking the tree.
    """

    path = models.CharField(_("path"), max_length=400)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent category"),
    )
    lineage = ArrayField(models.BigIntegerField(), default=list, editable=False)

    class Meta:
        """Constraints."""

        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["path"], name="one_category_per_path"),
        ]

    def __str__(self) -> str:
        return self.path


class Product(models.Model):
    """A product as the till knows it; the price is what is charged, tax included or not."""

    sku = models.CharField(_("SKU"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    price = MoneyField(_("price"))
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("category"),
    )
    tags = ArrayField(
        models.CharField(max_length=64), verbose_name=_("tags"), default=list, blank=True
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        """Constraints and indexes."""

        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="product_by_name"),
            GinIndex(fields=["tags"], name="product_by_tag"),
        ]
        constraints = [
            models.CheckConstraint(name="product_has_a_sku", condition=~models.Q(sku="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sku})"
