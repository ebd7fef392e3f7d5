"""What the door refuses, before or beside any rule of the shop."""

from core.errors import Busy, Conflict, Invalid, Missing, NotAllowed, Refused


class NotAuthenticated(NotAllowed):
    """Say who you are: send `Authorization: Token <key>`, or sign in."""

    code = "not_authenticated"


class InvalidToken(NotAuthenticated):
    """The token is unknown, expired or revoked, or its user is not active."""

    code = "invalid_token"


class RoleNotAllowed(NotAllowed):
    """Your role may not do this."""

    code = "role_not_allowed"


class InvalidUsername(Invalid):
    """A username has 1 to 150 letters, digits, and @ . + - _."""

    code = "invalid_username"


class CsrfFailed(NotAllowed):
    """A session needs a CSRF token to write: send the header X-CSRFToken."""

    code = "csrf_failed"


class AddressNotFound(Missing):
    """There is no such address."""

    code = "address_not_found"


class MalformedJson(Invalid):
    """The body is not valid JSON."""

    code = "malformed_json"


class UnsupportedMediaType(Invalid):
    """The body must be JSON: send `Content-Type: application/json`."""

    code = "unsupported_media_type"


class BodyTooLarge(Invalid):
    """The body is larger than a request may be."""

    code = "body_too_large"


class MethodNotAllowed(Invalid):
    """This address does not take this method."""

    code = "method_not_allowed"


class InvalidQuery(Invalid):
    """A query parameter cannot be read."""

    code = "invalid_query"


class InvalidCursor(Invalid):
    """The cursor is not one that this list gave out; start again without it."""

    code = "invalid_cursor"


class InvalidIdempotencyKey(Invalid):
    """An Idempotency-Key has 1 to 200 printable ASCII characters."""

    code = "invalid_idempotency_key"


class IdempotencyKeyReused(Conflict):
    """This Idempotency-Key was used with another request."""

    code = "idempotency_key_reused"


class RateExceeded(Busy):
    """Too many requests with this token; wait and try again."""

    code = "rate_limit_exceeded"


class TooManyWrongCodes(RateExceeded):
    """Too many wrong codes were entered; wait and try again."""

    code = "too_many_wrong_codes"


class UserNotActive(Refused):
    """The user is not active, so a token of theirs would open nothing."""

    code = "user_not_active"


class TillNeedsPos(Invalid):
    """A token for a till names the POS it acts for, and no other token does."""

    code = "till_needs_pos"


class TokenNotFound(Missing):
    """There is no such token."""

    code = "token_not_found"
