"""The refusals of setting promotions up: programs, coupons, products, points of sale."""

from core.errors import Conflict, Invalid, Missing, Refused


class ProgramNotFound(Missing):
    """There is no such program."""

    code = "program_not_found"


class InvalidProgram(Invalid):
    """The program contradicts itself or names what does not exist; see errors."""

    code = "invalid"


class ProgramIncomplete(Refused):
    """The program cannot be published yet; missing says what it still needs."""

    code = "program_incomplete"


class ProgramArchived(Refused):
    """The program is archived; make a new one instead."""

    code = "program_archived"


class ProgramNotPublished(Refused):
    """The program is not in force, so there is nothing to pause."""

    code = "program_not_published"


class SecondPersonNeeded(Refused):
    """Who edited a program may not put it in force; somebody else has to look at it."""

    code = "second_person_needed"


class VersionNotFound(Missing):
    """The program has no such version."""

    code = "version_not_found"


class VersionNotRestorable(Refused):
    """The version names things that are gone; missing says which."""

    code = "version_not_restorable"


class ProgramRefTaken(Conflict):
    """Another program has this reference."""

    code = "ref_taken"


class CodeTaken(Conflict):
    """A code is in use elsewhere; codes names it, choose another one."""

    code = "code_taken"


class InvalidCoupons(Invalid):
    """The coupons cannot be issued as asked; see errors."""

    code = "invalid"


class TooManyCoupons(Refused):
    """More codes than can be issued at once; facts say how many can."""

    code = "too_many_coupons"


class CouponNotFound(Missing):
    """There is no such coupon."""

    code = "coupon_not_found"


class CouponBatchNotFound(Missing):
    """There is no such batch of codes."""

    code = "coupon_batch_not_found"


class CouponsNotForProgram(Refused):
    """No coupon could ever be used for this program."""

    code = "coupons_not_for_program"


class InvalidProduct(Invalid):
    """A product cannot be saved as given; see errors."""

    code = "invalid"


class ProductNotFound(Missing):
    """There is no product with this SKU."""

    code = "product_not_found"


class InvalidCategory(Invalid):
    """The category cannot be saved as given; see errors."""

    code = "invalid"


class CategoryNotFound(Missing):
    """There is no such category."""

    code = "category_not_found"


class InvalidPosConfig(Invalid):
    """The point of sale cannot be saved as given; see errors."""

    code = "invalid"


class DaysUpsideDown(Invalid):
    """The last day lies before the first."""

    code = "days_upside_down"


class NothingToBacktest(Refused):
    """There are no orders in these days; choose others, or all stores."""

    code = "nothing_to_backtest"


class BacktestTooLarge(Refused):
    """There are more orders in these days than one back-test takes; choose fewer days."""

    code = "backtest_too_large"


class BacktestNotFound(Missing):
    """There is no such back-test, or the order is not one of it."""

    code = "backtest_not_found"
