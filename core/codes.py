"""Codes that people type: normalising, generating, and telling a typo from an unknown code.

Generated codes use 31 symbols, Crockford's base 32 (no I, L, O, U) without Z, which looks like 2:
13 random ones, 64 bits, and a check symbol, the weighted sum modulo 31. As 31 is prime and
neighbouring weights differ, it detects every single wrong symbol and every swap of neighbours
(Verhoeff, Error Detecting Decimal Codes, 1969, the same argument for any prime).
"""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
RANDOM_SYMBOLS = 13
GROUP = 4
_CHECK_MODULUS = len(ALPHABET)
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOK_ALIKES = {"I": "1", "L": "1", "O": "0", "Z": "2"}
# Unicode's spaces, dashes and invisible characters, which mails and chats put for one another:
# those of all alphabets below the ideographs, then the minus sign, the small, the wide, the mark.
_LEFT_OUT = [
    *(one for one in map(chr, range(0x3100)) if unicodedata.category(one) in {"Zs", "Pd", "Cf"}),
    *"\t\u2212\ufe58\ufe63\uff0d\ufeff",
]
_FOLDED = str.maketrans({**dict.fromkeys(_LEFT_OUT), **_LOOK_ALIKES})


def normalise(code: str) -> str:
    """Return the key a code is stored and looked up by.

    Upper case, without spaces and dashes, look-alikes (O, I, L, Z) read as the digits they
    resemble: whoever reads a code off paper finds it, also one that staff thought of. Two codes
    that differ only in look-alikes are one code.
    """
    return code.upper().translate(_FOLDED)


def generate(prefix: str = "") -> str:
    """Return a new code such as `7Q3M-0X9T-KD2V-4F`; `prefix` is put in front as it is.

    64 random bits; the last symbol is the check symbol over the random ones.
    """
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SYMBOLS))
    symbols = body + _check_symbol(body)
    groups = [symbols[i : i + GROUP] for i in range(0, len(symbols), GROUP)]
    return "-".join([prefix, *groups] if prefix else groups)


def is_mistyped(code: str) -> bool:
    """Tell whether the code has the shape of a generated one but a wrong check symbol."""
    tail = normalise(code)[-(RANDOM_SYMBOLS + 1) :]
    if len(tail) <= RANDOM_SYMBOLS or any(symbol not in _VALUE for symbol in tail):
        return False
    return _check_symbol(tail[:-1]) != tail[-1]


def _check_symbol(body: str) -> str:
    """Return the check symbol: weights 1..30 in turn, modulo the prime 31."""
    total = sum(_VALUE[symbol] * (place % 30 + 1) for place, symbol in enumerate(body))
    return ALPHABET[total % _CHECK_MODULUS]
