"""Programs, coupons, products, stores and orders for the people of the shop."""

from promotions.admin.categories import CategoryAdmin
from promotions.admin.coupon_batches import CouponBatchAdmin
from promotions.admin.coupons import CouponAdmin
from promotions.admin.members import MemberAdmin, MemberCoupons, MemberOrders
from promotions.admin.orders import OrderAdmin
from promotions.admin.pos_configs import PosConfigAdmin
from promotions.admin.products import ProductAdmin
from promotions.admin.programs import ProgramAdmin

__all__ = [
    "CategoryAdmin",
    "CouponAdmin",
    "CouponBatchAdmin",
    "MemberAdmin",
    "MemberCoupons",
    "MemberOrders",
    "OrderAdmin",
    "PosConfigAdmin",
    "ProductAdmin",
    "ProgramAdmin",
]
