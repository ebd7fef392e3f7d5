from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GroupBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    GROUP_BY_UNSPECIFIED: _ClassVar[GroupBy]
    GROUP_BY_HOUR: _ClassVar[GroupBy]
    GROUP_BY_DAY: _ClassVar[GroupBy]
    GROUP_BY_WEEK: _ClassVar[GroupBy]
    GROUP_BY_MONTH: _ClassVar[GroupBy]

class TransactionType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRANSACTION_TYPE_UNSPECIFIED: _ClassVar[TransactionType]
    TRANSACTION_TYPE_EARN: _ClassVar[TransactionType]
    TRANSACTION_TYPE_REDEEM: _ClassVar[TransactionType]
    TRANSACTION_TYPE_EXPIRE: _ClassVar[TransactionType]
    TRANSACTION_TYPE_TRANSFER: _ClassVar[TransactionType]
    TRANSACTION_TYPE_ADJUST: _ClassVar[TransactionType]
    TRANSACTION_TYPE_REVERSE: _ClassVar[TransactionType]
GROUP_BY_UNSPECIFIED: GroupBy
GROUP_BY_HOUR: GroupBy
GROUP_BY_DAY: GroupBy
GROUP_BY_WEEK: GroupBy
GROUP_BY_MONTH: GroupBy
TRANSACTION_TYPE_UNSPECIFIED: TransactionType
TRANSACTION_TYPE_EARN: TransactionType
TRANSACTION_TYPE_REDEEM: TransactionType
TRANSACTION_TYPE_EXPIRE: TransactionType
TRANSACTION_TYPE_TRANSFER: TransactionType
TRANSACTION_TYPE_ADJUST: TransactionType
TRANSACTION_TYPE_REVERSE: TransactionType

class PromotionPerformanceRequest(_message.Message):
    __slots__ = ("date_from", "date_to", "group_by", "program_id", "pos_config", "unique_customers", "page", "per_page")
    DATE_FROM_FIELD_NUMBER: _ClassVar[int]
    DATE_TO_FIELD_NUMBER: _ClassVar[int]
    GROUP_BY_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_ID_FIELD_NUMBER: _ClassVar[int]
    POS_CONFIG_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_CUSTOMERS_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PER_PAGE_FIELD_NUMBER: _ClassVar[int]
    date_from: str
    date_to: str
    group_by: GroupBy
    program_id: str
    pos_config: str
    unique_customers: bool
    page: int
    per_page: int
    def __init__(self, date_from: _Optional[str] = ..., date_to: _Optional[str] = ..., group_by: _Optional[_Union[GroupBy, str]] = ..., program_id: _Optional[str] = ..., pos_config: _Optional[str] = ..., unique_customers: _Optional[bool] = ..., page: _Optional[int] = ..., per_page: _Optional[int] = ...) -> None: ...

class PromotionPerformanceReport(_message.Message):
    __slots__ = ("data", "pagination")
    DATA_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    data: _containers.RepeatedCompositeFieldContainer[PromotionPerformance]
    pagination: Pagination
    def __init__(self, data: _Optional[_Iterable[_Union[PromotionPerformance, _Mapping]]] = ..., pagination: _Optional[_Union[Pagination, _Mapping]] = ...) -> None: ...

class PromotionPerformance(_message.Message):
    __slots__ = ("program_id", "program_name", "program_type", "date", "currency", "total_transactions", "total_qty", "total_amount", "total_discount", "avg_transaction_value", "conversion_rate", "total_points_earned", "total_points_redeemed", "unique_customers")
    PROGRAM_ID_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_NAME_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_TYPE_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    TOTAL_TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_QTY_FIELD_NUMBER: _ClassVar[int]
    TOTAL_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    AVG_TRANSACTION_VALUE_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_RATE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_POINTS_EARNED_FIELD_NUMBER: _ClassVar[int]
    TOTAL_POINTS_REDEEMED_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_CUSTOMERS_FIELD_NUMBER: _ClassVar[int]
    program_id: int
    program_name: str
    program_type: str
    date: str
    currency: str
    total_transactions: int
    total_qty: str
    total_amount: str
    total_discount: str
    avg_transaction_value: str
    conversion_rate: float
    total_points_earned: str
    total_points_redeemed: str
    unique_customers: int
    def __init__(self, program_id: _Optional[int] = ..., program_name: _Optional[str] = ..., program_type: _Optional[str] = ..., date: _Optional[str] = ..., currency: _Optional[str] = ..., total_transactions: _Optional[int] = ..., total_qty: _Optional[str] = ..., total_amount: _Optional[str] = ..., total_discount: _Optional[str] = ..., avg_transaction_value: _Optional[str] = ..., conversion_rate: _Optional[float] = ..., total_points_earned: _Optional[str] = ..., total_points_redeemed: _Optional[str] = ..., unique_customers: _Optional[int] = ...) -> None: ...

class MembershipAnalyticsRequest(_message.Message):
    __slots__ = ("date_from", "date_to", "group_by", "membership_product_id", "pos_config", "page", "per_page")
    DATE_FROM_FIELD_NUMBER: _ClassVar[int]
    DATE_TO_FIELD_NUMBER: _ClassVar[int]
    GROUP_BY_FIELD_NUMBER: _ClassVar[int]
    MEMBERSHIP_PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    POS_CONFIG_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PER_PAGE_FIELD_NUMBER: _ClassVar[int]
    date_from: str
    date_to: str
    group_by: GroupBy
    membership_product_id: str
    pos_config: str
    page: int
    per_page: int
    def __init__(self, date_from: _Optional[str] = ..., date_to: _Optional[str] = ..., group_by: _Optional[_Union[GroupBy, str]] = ..., membership_product_id: _Optional[str] = ..., pos_config: _Optional[str] = ..., page: _Optional[int] = ..., per_page: _Optional[int] = ...) -> None: ...

class MembershipAnalyticsReport(_message.Message):
    __slots__ = ("data", "pagination")
    DATA_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    data: _containers.RepeatedCompositeFieldContainer[MembershipAnalytics]
    pagination: Pagination
    def __init__(self, data: _Optional[_Iterable[_Union[MembershipAnalytics, _Mapping]]] = ..., pagination: _Optional[_Union[Pagination, _Mapping]] = ...) -> None: ...

class MembershipAnalytics(_message.Message):
    __slots__ = ("membership_product_id", "membership_level", "date", "currency", "new_members", "active_members", "upgraded_members", "downgraded_members", "total_transactions", "total_spending", "avg_spending", "total_points_earned", "total_points_redeemed")
    MEMBERSHIP_PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBERSHIP_LEVEL_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    NEW_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    UPGRADED_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    DOWNGRADED_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SPENDING_FIELD_NUMBER: _ClassVar[int]
    AVG_SPENDING_FIELD_NUMBER: _ClassVar[int]
    TOTAL_POINTS_EARNED_FIELD_NUMBER: _ClassVar[int]
    TOTAL_POINTS_REDEEMED_FIELD_NUMBER: _ClassVar[int]
    membership_product_id: int
    membership_level: str
    date: str
    currency: str
    new_members: int
    active_members: int
    upgraded_members: int
    downgraded_members: int
    total_transactions: int
    total_spending: str
    avg_spending: str
    total_points_earned: str
    total_points_redeemed: str
    def __init__(self, membership_product_id: _Optional[int] = ..., membership_level: _Optional[str] = ..., date: _Optional[str] = ..., currency: _Optional[str] = ..., new_members: _Optional[int] = ..., active_members: _Optional[int] = ..., upgraded_members: _Optional[int] = ..., downgraded_members: _Optional[int] = ..., total_transactions: _Optional[int] = ..., total_spending: _Optional[str] = ..., avg_spending: _Optional[str] = ..., total_points_earned: _Optional[str] = ..., total_points_redeemed: _Optional[str] = ...) -> None: ...

class PointTransactionsRequest(_message.Message):
    __slots__ = ("date_from", "date_to", "partner_id", "card_id", "loyalty_program", "transaction_type", "page", "per_page")
    DATE_FROM_FIELD_NUMBER: _ClassVar[int]
    DATE_TO_FIELD_NUMBER: _ClassVar[int]
    PARTNER_ID_FIELD_NUMBER: _ClassVar[int]
    CARD_ID_FIELD_NUMBER: _ClassVar[int]
    LOYALTY_PROGRAM_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PER_PAGE_FIELD_NUMBER: _ClassVar[int]
    date_from: str
    date_to: str
    partner_id: str
    card_id: str
    loyalty_program: str
    transaction_type: TransactionType
    page: int
    per_page: int
    def __init__(self, date_from: _Optional[str] = ..., date_to: _Optional[str] = ..., partner_id: _Optional[str] = ..., card_id: _Optional[str] = ..., loyalty_program: _Optional[str] = ..., transaction_type: _Optional[_Union[TransactionType, str]] = ..., page: _Optional[int] = ..., per_page: _Optional[int] = ...) -> None: ...

class PointTransactionsReport(_message.Message):
    __slots__ = ("data", "pagination", "archived")
    DATA_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    ARCHIVED_FIELD_NUMBER: _ClassVar[int]
    data: _containers.RepeatedCompositeFieldContainer[PointTransaction]
    pagination: Pagination
    archived: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, data: _Optional[_Iterable[_Union[PointTransaction, _Mapping]]] = ..., pagination: _Optional[_Union[Pagination, _Mapping]] = ..., archived: _Optional[_Iterable[str]] = ...) -> None: ...

class PointTransaction(_message.Message):
    __slots__ = ("card_id", "partner_id", "loyalty_program_id", "operation_id", "transaction_date", "transaction_type", "points_amount", "balance_after", "origin")
    CARD_ID_FIELD_NUMBER: _ClassVar[int]
    PARTNER_ID_FIELD_NUMBER: _ClassVar[int]
    LOYALTY_PROGRAM_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATION_ID_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_DATE_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    POINTS_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BALANCE_AFTER_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    card_id: int
    partner_id: int
    loyalty_program_id: int
    operation_id: int
    transaction_date: str
    transaction_type: str
    points_amount: str
    balance_after: str
    origin: str
    def __init__(self, card_id: _Optional[int] = ..., partner_id: _Optional[int] = ..., loyalty_program_id: _Optional[int] = ..., operation_id: _Optional[int] = ..., transaction_date: _Optional[str] = ..., transaction_type: _Optional[str] = ..., points_amount: _Optional[str] = ..., balance_after: _Optional[str] = ..., origin: _Optional[str] = ...) -> None: ...

class Pagination(_message.Message):
    __slots__ = ("page", "per_page", "total")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PER_PAGE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    page: int
    per_page: int
    total: int
    def __init__(self, page: _Optional[int] = ..., per_page: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...
