"""Sentences that know what they were made of, so that a stored one can be told in any language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext


class Sentence(str):
    """A text in the language in force. `source`: the English one; `facts`: what is filled in."""

    __slots__ = ("facts", "source")
    source: str
    facts: Mapping[str, object]

    def __mod__(self, facts: Mapping[str, object]) -> Sentence:
        """Return it with its facts filled in."""
        return _made(str.__mod__(self, facts), self.source, facts)


def sentence(source: str) -> Sentence:
    """Return a text of the catalog of messages in the language in force, as gettext does."""
    return _made(gettext(source), source, {})


def source_of(text: str) -> str:
    """Return the English of a sentence with the names of its facts, any other text as it is."""
    return text.source if isinstance(text, Sentence) else text


def _made(text: str, source: str, facts: Mapping[str, object]) -> Sentence:
    made = Sentence(text)
    made.source, made.facts = source, dict(facts)
    return made
