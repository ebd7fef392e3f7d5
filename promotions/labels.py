"""The engine's terms with labels for people, as Django wants choices."""

from django.utils.translation import gettext_lazy as _

PROGRAM_TYPES = [
    ("promotion", _("Promotion")),
    ("buy_x_get_y", _("Buy X, get Y")),
    ("promo_code", _("Promo code")),
    ("coupons", _("Coupons")),
    ("next_order_coupons", _("Coupon for the next order")),
    ("loyalty", _("Loyalty")),
    ("referral", _("Refer a friend")),
    ("gift_card", _("Gift card")),
    ("ewallet", _("E-wallet")),
]
TRIGGERS = [("auto", _("By itself")), ("with_code", _("With a code"))]
APPLIES_ON = [
    ("current", _("This order")),
    ("future", _("A later order")),
    ("both", _("This order and later ones")),
]
STATES = [
    ("draft", _("Draft")),
    ("review", _("In review")),
    ("published", _("Published")),
    ("paused", _("Paused")),
    ("archived", _("Archived")),
]
STACKING = [
    ("stackable", _("Beside other programs")),
    ("exclusive", _("Alone")),
]
POINT_MODES = [
    ("order", _("per order")),
    ("money", _("per unit of money")),
    ("unit", _("per unit bought")),
]
REWARD_TYPES = [
    ("discount", _("Discount")),
    ("product", _("Free product")),
    ("special_price", _("Special price")),
    ("special_set", _("Set for one price")),
    ("multiple_discount", _("Several discounts")),
    ("point", _("Bonus points")),
]
DISCOUNT_MODES = [
    ("percent", _("Percent")),
    ("fixed", _("Fixed amount")),
    ("per_point", _("Amount per point")),
]
APPLIES_TO = [
    ("order", _("The whole order")),
    ("cheapest", _("The cheapest unit")),
    ("specific", _("Specific products")),
]
PLACEMENTS = [
    ("in_cart", _("Units in the cart")),
    ("extra", _("Extra units on top")),
]
STEPS_MODES = [("cascade", _("One after the other")), ("tier", _("The highest step reached"))]
STEPS_BY = [("qty", _("by quantity")), ("amount", _("by amount"))]
ROUNDINGS = [("half_up", _("Half up")), ("down", _("Down"))]
RETURN_POLICIES = [
    ("proportional", _("Proportional")),
    ("reprice", _("Reprice what is kept")),
]
ORDER_STATUSES = [
    ("committed", _("Committed")),
    ("partly_returned", _("Partly returned")),
    ("returned", _("Returned")),
    ("cancelled", _("Cancelled")),
]
