"""Catalog, programs and their versions, coupons, orders."""

from promotions.models.backtest import Backtest, BacktestChunk, BacktestOrder
from promotions.models.change import ProgramChange
from promotions.models.coupon import Coupon
from promotions.models.coupon_batch import CouponBatch, IssuedCard
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
from promotions.models.referral import Referral, ReferralCode
from promotions.models.usage import CountedUse, PartnerUsage, ProgramUsage
from promotions.models.version import CatalogState, CatalogVersion, ProgramVersion, PublishedCode

__all__ = [
    "AppliedReward",
    "Backtest",
    "BacktestChunk",
    "BacktestOrder",
    "CatalogState",
    "CatalogVersion",
    "Category",
    "CountedUse",
    "Coupon",
    "CouponBatch",
    "IssuedCard",
    "LineDiscount",
    "Order",
    "OrderLine",
    "OrderPoints",
    "OrderReturn",
    "OrderReturnLine",
    "PartnerUsage",
    "PosConfig",
    "Product",
    "ProgramChange",
    "ProgramUsage",
    "ProgramVersion",
    "PromotionProgram",
    "PromotionReward",
    "PromotionRule",
    "PromotionSetSlot",
    "PromotionStep",
    "PublishedCode",
    "Referral",
    "ReferralCode",
]
