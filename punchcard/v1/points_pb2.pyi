from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class EarnRequest(_message.Message):
    __slots__ = ("card", "points", "origin", "expires_at")
    CARD_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    card: str
    points: str
    origin: str
    expires_at: str
    def __init__(self, card: _Optional[str] = ..., points: _Optional[str] = ..., origin: _Optional[str] = ..., expires_at: _Optional[str] = ...) -> None: ...

class RedeemRequest(_message.Message):
    __slots__ = ("card", "points", "origin")
    CARD_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    card: str
    points: str
    origin: str
    def __init__(self, card: _Optional[str] = ..., points: _Optional[str] = ..., origin: _Optional[str] = ...) -> None: ...

class PointsMoved(_message.Message):
    __slots__ = ("operation", "card", "kind", "points", "balance_before", "balance_after", "expired", "withheld")
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    BALANCE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    BALANCE_AFTER_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_FIELD_NUMBER: _ClassVar[int]
    WITHHELD_FIELD_NUMBER: _ClassVar[int]
    operation: int
    card: str
    kind: str
    points: str
    balance_before: str
    balance_after: str
    expired: str
    withheld: str
    def __init__(self, operation: _Optional[int] = ..., card: _Optional[str] = ..., kind: _Optional[str] = ..., points: _Optional[str] = ..., balance_before: _Optional[str] = ..., balance_after: _Optional[str] = ..., expired: _Optional[str] = ..., withheld: _Optional[str] = ...) -> None: ...

class GetBalanceRequest(_message.Message):
    __slots__ = ("card", "at")
    CARD_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    card: str
    at: str
    def __init__(self, card: _Optional[str] = ..., at: _Optional[str] = ...) -> None: ...

class Balance(_message.Message):
    __slots__ = ("card", "at", "balance", "pending", "debt", "next_change_at")
    CARD_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    DEBT_FIELD_NUMBER: _ClassVar[int]
    NEXT_CHANGE_AT_FIELD_NUMBER: _ClassVar[int]
    card: str
    at: str
    balance: str
    pending: str
    debt: str
    next_change_at: str
    def __init__(self, card: _Optional[str] = ..., at: _Optional[str] = ..., balance: _Optional[str] = ..., pending: _Optional[str] = ..., debt: _Optional[str] = ..., next_change_at: _Optional[str] = ...) -> None: ...
