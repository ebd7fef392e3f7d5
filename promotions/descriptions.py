"""What a reward gives, as one line of a receipt."""

from __future__ import annotations

from django.utils.translation import gettext as _

from promotions.engine.definition import ProductFilter, Program, Reward
from promotions.reward_phrases import phrase_reward

_KEPT_AT_MOST = 10_000
# A version never changes, so what was said of its reward once holds for ever.
_said: dict[tuple[int, int, str, str | None], str] = {}


def describe_reward(program: Program, reward_id: int, currency: str, language: str | None) -> str:
    """Return staff's own text for the reward, or one made from its fields.

    `language`: the active one, which a caller with many rewards asks for once.

    Raises: StopIteration if the version has no such reward.
    """
    key = (program.version_id, reward_id, currency, language)
    text = _said.get(key)
    if text is None:
        reward = next(one for one in program.rewards if one.id == reward_id)
        text = reward.description or _describe(reward, currency)
        if program.version_id:  # drafts have none, and change
            if len(_said) >= _KEPT_AT_MOST:
                _said.clear()
            _said[key] = text
    return text


def _describe(reward: Reward, currency: str) -> str:
    given = {one.id: one.sku for one in reward.product.products} if reward.product else {}

    def name(targets: ProductFilter) -> str:
        """Name free products by SKU; other targets are too many for a receipt."""
        skus = [given[one] for one in sorted(targets.products) if one in given]
        if skus:
            return " / ".join(skus)
        limited = targets.products or targets.categories or targets.tags
        return _("selected products") if limited else ""

    said = phrase_reward(reward, currency, name)
    return said[:1].upper() + said[1:]
