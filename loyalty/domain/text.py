"""Texts that callers give."""

from loyalty.errors import InvalidText


def check_text(field: str, text: str, most: int, *, least: int = 1) -> str:
    """Return the text without spaces around it.

    Raises: InvalidText if it is shorter or longer than it may be, or holds a null character.
    """
    text = text.strip()
    if not least <= len(text) <= most or "\0" in text:
        raise InvalidText(field=field, least=least, most=most)
    return text
