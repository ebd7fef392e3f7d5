"""Catalog, programs and their versions, coupons, orders."""

from promotions.models.coupon import Coupon
from promotions.models.order import AppliedReward, LineDiscount, Order, OrderLine
from promotions.models.order_return import OrderReturn, OrderReturnLine
from promotions.models.points import OrderPoints
from promotions.models.pos_config import PosConfig
from promotions.models.product import Category, Product
from promotions.models.program import (
    PromotionProgram,
    PromotionReward,
    PromotionRule,
    PromotionSetSlot,
    PromotionStep,
)
from promotions.models.usage import PartnerUsage, ProgramUsage
from promotions.models.version import CatalogState, CatalogVersion, ProgramVersion, PublishedCode

__all__ = [
    "AppliedReward",
    "CatalogState",
    "CatalogVersion",
    "Category",
    "Coupon",
    "LineDiscount",
    "Order",
    "OrderLine",
    "OrderPoints",
    "OrderReturn",
    "OrderReturnLine",
    "PartnerUsage",
    "PosConfig",
    "Product",
    "ProgramUsage",
    "ProgramVersion",
    "PromotionProgram",
    "PromotionReward",
    "PromotionRule",
    "PromotionSetSlot",
    "PromotionStep",
    "PublishedCode",
]
