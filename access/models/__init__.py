"""Who may call, and what was answered before."""

from access.models.grant import Grant
from access.models.idempotent_request import IdempotentRequest

__all__ = ["Grant", "IdempotentRequest"]
