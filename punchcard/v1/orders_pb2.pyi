from google.protobuf import struct_pb2 as _struct_pb2
from punchcard.v1 import reference_pb2 as _reference_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OrderRequest(_message.Message):
    __slots__ = ("ref", "pos_config", "partner", "at", "codes", "claims", "lines", "expected_total", "explain")
    REF_FIELD_NUMBER: _ClassVar[int]
    POS_CONFIG_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    CODES_FIELD_NUMBER: _ClassVar[int]
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_TOTAL_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    ref: str
    pos_config: _reference_pb2.Reference
    partner: _reference_pb2.Reference
    at: str
    codes: _containers.RepeatedScalarFieldContainer[str]
    claims: _containers.RepeatedCompositeFieldContainer[Claim]
    lines: _containers.RepeatedCompositeFieldContainer[OrderLine]
    expected_total: str
    explain: bool
    def __init__(self, ref: _Optional[str] = ..., pos_config: _Optional[_Union[_reference_pb2.Reference, _Mapping]] = ..., partner: _Optional[_Union[_reference_pb2.Reference, _Mapping]] = ..., at: _Optional[str] = ..., codes: _Optional[_Iterable[str]] = ..., claims: _Optional[_Iterable[_Union[Claim, _Mapping]]] = ..., lines: _Optional[_Iterable[_Union[OrderLine, _Mapping]]] = ..., expected_total: _Optional[str] = ..., explain: _Optional[bool] = ...) -> None: ...

class OrderLine(_message.Message):
    __slots__ = ("sku", "qty", "unit_price", "line_id")
    SKU_FIELD_NUMBER: _ClassVar[int]
    QTY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    sku: str
    qty: str
    unit_price: str
    line_id: str
    def __init__(self, sku: _Optional[str] = ..., qty: _Optional[str] = ..., unit_price: _Optional[str] = ..., line_id: _Optional[str] = ...) -> None: ...

class Claim(_message.Message):
    __slots__ = ("program", "reward", "points", "product", "times")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    program: _reference_pb2.Reference
    reward: int
    points: str
    product: str
    times: int
    def __init__(self, program: _Optional[_Union[_reference_pb2.Reference, _Mapping]] = ..., reward: _Optional[int] = ..., points: _Optional[str] = ..., product: _Optional[str] = ..., times: _Optional[int] = ...) -> None: ...

class Order(_message.Message):
    __slots__ = ("ref", "status", "currency", "subtotal", "discount_total", "total", "lines", "rewards", "free_items", "points", "codes", "claimable", "refused_claims", "hints", "coupons_issued", "payments", "amount_due", "optimal", "catalog_version", "charge", "explanation", "trace")
    REF_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    SUBTOTAL_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_TOTAL_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    REWARDS_FIELD_NUMBER: _ClassVar[int]
    FREE_ITEMS_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    CODES_FIELD_NUMBER: _ClassVar[int]
    CLAIMABLE_FIELD_NUMBER: _ClassVar[int]
    REFUSED_CLAIMS_FIELD_NUMBER: _ClassVar[int]
    HINTS_FIELD_NUMBER: _ClassVar[int]
    COUPONS_ISSUED_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_DUE_FIELD_NUMBER: _ClassVar[int]
    OPTIMAL_FIELD_NUMBER: _ClassVar[int]
    CATALOG_VERSION_FIELD_NUMBER: _ClassVar[int]
    CHARGE_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    ref: str
    status: str
    currency: str
    subtotal: str
    discount_total: str
    total: str
    lines: _containers.RepeatedCompositeFieldContainer[DecidedLine]
    rewards: _containers.RepeatedCompositeFieldContainer[TakenReward]
    free_items: _containers.RepeatedCompositeFieldContainer[FreeItem]
    points: _containers.RepeatedCompositeFieldContainer[CardPoints]
    codes: _containers.RepeatedCompositeFieldContainer[EnteredCode]
    claimable: _containers.RepeatedCompositeFieldContainer[Claimable]
    refused_claims: _containers.RepeatedCompositeFieldContainer[Hint]
    hints: _containers.RepeatedCompositeFieldContainer[Hint]
    coupons_issued: _containers.RepeatedCompositeFieldContainer[IssuedCoupon]
    payments: _containers.RepeatedCompositeFieldContainer[Payment]
    amount_due: str
    optimal: bool
    catalog_version: int
    charge: Charge
    explanation: _containers.RepeatedCompositeFieldContainer[Explanation]
    trace: _containers.RepeatedCompositeFieldContainer[_struct_pb2.Struct]
    def __init__(self, ref: _Optional[str] = ..., status: _Optional[str] = ..., currency: _Optional[str] = ..., subtotal: _Optional[str] = ..., discount_total: _Optional[str] = ..., total: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[DecidedLine, _Mapping]]] = ..., rewards: _Optional[_Iterable[_Union[TakenReward, _Mapping]]] = ..., free_items: _Optional[_Iterable[_Union[FreeItem, _Mapping]]] = ..., points: _Optional[_Iterable[_Union[CardPoints, _Mapping]]] = ..., codes: _Optional[_Iterable[_Union[EnteredCode, _Mapping]]] = ..., claimable: _Optional[_Iterable[_Union[Claimable, _Mapping]]] = ..., refused_claims: _Optional[_Iterable[_Union[Hint, _Mapping]]] = ..., hints: _Optional[_Iterable[_Union[Hint, _Mapping]]] = ..., coupons_issued: _Optional[_Iterable[_Union[IssuedCoupon, _Mapping]]] = ..., payments: _Optional[_Iterable[_Union[Payment, _Mapping]]] = ..., amount_due: _Optional[str] = ..., optimal: _Optional[bool] = ..., catalog_version: _Optional[int] = ..., charge: _Optional[_Union[Charge, _Mapping]] = ..., explanation: _Optional[_Iterable[_Union[Explanation, _Mapping]]] = ..., trace: _Optional[_Iterable[_Union[_struct_pb2.Struct, _Mapping]]] = ...) -> None: ...

class DecidedLine(_message.Message):
    __slots__ = ("line_id", "sku", "qty", "unit_price", "subtotal", "discount", "total", "discounts")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    QTY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    SUBTOTAL_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    DISCOUNTS_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    qty: str
    unit_price: str
    subtotal: str
    discount: str
    total: str
    discounts: _containers.RepeatedCompositeFieldContainer[LineDiscount]
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., qty: _Optional[str] = ..., unit_price: _Optional[str] = ..., subtotal: _Optional[str] = ..., discount: _Optional[str] = ..., total: _Optional[str] = ..., discounts: _Optional[_Iterable[_Union[LineDiscount, _Mapping]]] = ...) -> None: ...

class LineDiscount(_message.Message):
    __slots__ = ("program", "reward", "amount")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    program: int
    reward: int
    amount: str
    def __init__(self, program: _Optional[int] = ..., reward: _Optional[int] = ..., amount: _Optional[str] = ...) -> None: ...

class TakenReward(_message.Message):
    __slots__ = ("program", "program_name", "reward", "reward_type", "description", "amount", "points_cost", "card")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_NAME_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    REWARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    POINTS_COST_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    program: int
    program_name: str
    reward: int
    reward_type: str
    description: str
    amount: str
    points_cost: str
    card: str
    def __init__(self, program: _Optional[int] = ..., program_name: _Optional[str] = ..., reward: _Optional[int] = ..., reward_type: _Optional[str] = ..., description: _Optional[str] = ..., amount: _Optional[str] = ..., points_cost: _Optional[str] = ..., card: _Optional[str] = ...) -> None: ...

class FreeItem(_message.Message):
    __slots__ = ("program", "reward", "sku", "qty")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    QTY_FIELD_NUMBER: _ClassVar[int]
    program: int
    reward: int
    sku: str
    qty: str
    def __init__(self, program: _Optional[int] = ..., reward: _Optional[int] = ..., sku: _Optional[str] = ..., qty: _Optional[str] = ...) -> None: ...

class CardPoints(_message.Message):
    __slots__ = ("loyalty_program", "card", "balance_before", "earned", "spent", "balance_after")
    LOYALTY_PROGRAM_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    BALANCE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    EARNED_FIELD_NUMBER: _ClassVar[int]
    SPENT_FIELD_NUMBER: _ClassVar[int]
    BALANCE_AFTER_FIELD_NUMBER: _ClassVar[int]
    loyalty_program: str
    card: str
    balance_before: str
    earned: str
    spent: str
    balance_after: str
    def __init__(self, loyalty_program: _Optional[str] = ..., card: _Optional[str] = ..., balance_before: _Optional[str] = ..., earned: _Optional[str] = ..., spent: _Optional[str] = ..., balance_after: _Optional[str] = ...) -> None: ...

class EnteredCode(_message.Message):
    __slots__ = ("code", "status", "reason", "program")
    CODE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    code: str
    status: str
    reason: str
    program: int
    def __init__(self, code: _Optional[str] = ..., status: _Optional[str] = ..., reason: _Optional[str] = ..., program: _Optional[int] = ...) -> None: ...

class Claimable(_message.Message):
    __slots__ = ("program", "program_name", "reward", "description", "required_points", "available_points", "products")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_NAME_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_POINTS_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_POINTS_FIELD_NUMBER: _ClassVar[int]
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    program: int
    program_name: str
    reward: int
    description: str
    required_points: str
    available_points: str
    products: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, program: _Optional[int] = ..., program_name: _Optional[str] = ..., reward: _Optional[int] = ..., description: _Optional[str] = ..., required_points: _Optional[str] = ..., available_points: _Optional[str] = ..., products: _Optional[_Iterable[str]] = ...) -> None: ...

class Hint(_message.Message):
    __slots__ = ("program", "program_name", "reason", "missing_amount", "missing_qty", "product_ids")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MISSING_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MISSING_QTY_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    program: int
    program_name: str
    reason: str
    missing_amount: str
    missing_qty: str
    product_ids: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, program: _Optional[int] = ..., program_name: _Optional[str] = ..., reason: _Optional[str] = ..., missing_amount: _Optional[str] = ..., missing_qty: _Optional[str] = ..., product_ids: _Optional[_Iterable[int]] = ...) -> None: ...

class IssuedCoupon(_message.Message):
    __slots__ = ("program", "code", "points", "expires_at")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    program: int
    code: str
    points: str
    expires_at: str
    def __init__(self, program: _Optional[int] = ..., code: _Optional[str] = ..., points: _Optional[str] = ..., expires_at: _Optional[str] = ...) -> None: ...

class Payment(_message.Message):
    __slots__ = ("program", "reward", "card", "amount", "points")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    program: int
    reward: int
    card: str
    amount: str
    points: str
    def __init__(self, program: _Optional[int] = ..., reward: _Optional[int] = ..., card: _Optional[str] = ..., amount: _Optional[str] = ..., points: _Optional[str] = ...) -> None: ...

class Charge(_message.Message):
    __slots__ = ("charged_total", "decided_total", "difference", "programs_left_out")
    CHARGED_TOTAL_FIELD_NUMBER: _ClassVar[int]
    DECIDED_TOTAL_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    PROGRAMS_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    charged_total: str
    decided_total: str
    difference: str
    programs_left_out: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, charged_total: _Optional[str] = ..., decided_total: _Optional[str] = ..., difference: _Optional[str] = ..., programs_left_out: _Optional[_Iterable[int]] = ...) -> None: ...

class Explanation(_message.Message):
    __slots__ = ("id", "name", "outcome", "why", "steps")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    id: int
    name: str
    outcome: str
    why: str
    steps: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[int] = ..., name: _Optional[str] = ..., outcome: _Optional[str] = ..., why: _Optional[str] = ..., steps: _Optional[_Iterable[str]] = ...) -> None: ...
