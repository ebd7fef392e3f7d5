"""The review of drafts: what is sent for it, and what ends it."""

from promotions.models import PromotionProgram


def take_back_from_review(row: PromotionProgram) -> None:
    """Make a draft of the row again, whose review is over or overtaken; nothing is saved."""
    row.submitted_at, row.submitted_by = None, None
    if row.state == "review":
        row.state = "draft"
