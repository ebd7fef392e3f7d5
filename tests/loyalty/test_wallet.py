"""What a till is told of a member and of cards, in one statement."""

import pytest
from django.db import connection

from core.codes import normalise
from loyalty.errors import PartnerNotFound
from loyalty.models import LoyaltyCard, Membership, Partner
from loyalty.queries import program_refs, read_wallet
from loyalty.services.expire_points import expire_points
from tests.loyalty.book import DAY, NOON, Card, card, kind_of_points, level, member

pytestmark = pytest.mark.django_db


def test_a_member_comes_with_level_cards_and_what_can_be_spent():
    gold = level("gold")
    owner = member("ann", "gold")
    held = card(partner_id=owner)
    held.earn("100")
    held.earn("10", expires_at=NOON + DAY)
    card().earn("5")
    wallet = read_wallet(partner_ref="ann", code_keys=[], at=NOON)
    assert (wallet.partner_id, wallet.partner_ref, wallet.partner_name) == (owner, "ann", "Ann")
    assert wallet.membership_id == gold
    (row,) = wallet.cards
    assert (row.id, row.code, row.balance) == (held.id, held.row.code, 110)
    assert (row.partner_ids, row.active, row.expires_at) == (frozenset({owner}), True, None)
    assert row.loyalty_program_id == held.row.loyalty_program_id
    assert wallet.cards_by_code == {}


def test_pending_expired_and_owed_points_are_left_out_at_the_instant_asked_for():
    held = card(kind_of_points(pending_days=5, negative_balance="allow"), member("ann"))
    held.earn("100", at=NOON - 5 * DAY, expires_at=NOON + DAY)
    held.earn("7", at=NOON)

    def balance(at):
        return read_wallet(partner_ref="ann", code_keys=[], at=at).cards[0].balance

    assert [balance(NOON), balance(NOON + DAY), balance(NOON + 5 * DAY)] == [100, 0, 7]
    expire_points(at=NOON + DAY)
    assert balance(NOON + DAY) == 0


def test_a_card_is_found_by_its_code_whoever_holds_it_and_in_whatever_state():
    expired, blocked, own = card(), card(), card(partner_id=member("ann"))
    LoyaltyCard.objects.filter(pk=expired.id).update(expires_at=NOON)
    LoyaltyCard.objects.filter(pk=blocked.id).update(active=False)
    keys = [normalise(one.row.code) for one in (expired, blocked, own)]
    wallet = read_wallet(partner_ref=None, code_keys=[*keys, "UNKNOWN"], at=NOON)
    assert (wallet.partner_id, wallet.membership_id, wallet.cards) == (None, None, ())
    assert list(wallet.cards_by_code) == keys
    assert wallet.cards_by_code[keys[0]].expires_at == NOON
    assert not wallet.cards_by_code[keys[1]].active
    with_partner = read_wallet(partner_ref="ann", code_keys=keys[2:], at=NOON)
    assert with_partner.cards == (with_partner.cards_by_code[keys[2]],)


def test_a_shared_card_is_in_the_wallet_of_all_who_share_it():
    ann, bob = member("ann"), member("bob")
    held = card(partner_id=ann)
    held.row.shared_with.add(bob)
    for ref in ("ann", "bob"):
        (row,) = read_wallet(partner_ref=ref, code_keys=[], at=NOON).cards
        assert (row.id, row.partner_ids) == (held.id, frozenset({ann, bob}))


def test_a_blocked_card_is_not_in_the_wallet():
    held = card(partner_id=member("ann"))
    LoyaltyCard.objects.filter(pk=held.id).update(active=False)
    assert read_wallet(partner_ref="ann", code_keys=[], at=NOON).cards == ()


def test_the_level_is_the_one_held_at_the_instant():
    silver, gold = level("silver"), level("gold")
    partner = member("ann")
    Membership.objects.create(
        partner_id=partner,
        membership_product_id=silver,
        membership_start=NOON - 9 * DAY,
        closed_at=NOON,
    )
    Membership.objects.create(partner_id=partner, membership_product_id=gold, membership_start=NOON)

    def held(at):
        return read_wallet(partner_ref="ann", code_keys=[], at=at).membership_id

    assert [held(NOON - 10 * DAY), held(NOON - DAY), held(NOON)] == [None, silver, gold]


def test_an_unknown_member_is_missing():
    with pytest.raises(PartnerNotFound) as missing:
        read_wallet(partner_ref="nobody", code_keys=[], at=NOON)
    assert missing.value.facts == {"partner": "nobody"}


def test_it_is_one_statement_with_locks_or_without(django_assert_num_queries):
    held = card(partner_id=member("ann"))
    for lock in (False, True):
        with django_assert_num_queries(1):
            wallet = read_wallet(partner_ref="ann", code_keys=["A", "B"], at=NOON, lock=lock)
        assert [row.id for row in wallet.cards] == [held.id]


def test_a_member_is_found_by_our_own_number_too():
    ann = member("ann")
    assert read_wallet(partner_ref=ann, code_keys=[], at=NOON).partner_ref == "ann"
    with pytest.raises(PartnerNotFound):
        read_wallet(partner_ref=-1, code_keys=[], at=NOON)


@pytest.fixture
def crowd() -> str:
    """Fill the tables so that the planner has a choice; return a member's reference."""
    program = kind_of_points()
    Partner.objects.bulk_create(Partner(ref=f"p{n}", name="x") for n in range(3000))
    ids = Partner.objects.filter(name="x").values_list("pk", flat=True)
    LoyaltyCard.objects.bulk_create(
        LoyaltyCard(loyalty_program_id=program, partner_id=pk, code=f"C{pk}", code_key=f"C{pk}")
        for pk in ids
    )
    for pk in LoyaltyCard.objects.values_list("pk", flat=True)[:500]:
        Card(pk).earn("1")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return "p1500"


def seq_scans() -> dict[str, int]:
    """Return how often this transaction has read each table of the wallet from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)",
            [["loyalty_partner", "loyalty_loyaltycard", "loyalty_pointmove"]],
        )
        return dict(cursor.fetchall())


@pytest.mark.parametrize("lock", [False, True])
def test_it_reads_large_tables_by_index(crowd, lock):
    before = seq_scans()
    wallet = read_wallet(partner_ref=crowd, code_keys=["C1", "C2"], at=NOON, lock=lock)
    assert len(wallet.cards) == 1
    assert seq_scans() == before
    LoyaltyCard.objects.filter(points=77).first()
    assert seq_scans() != before  # the count counts


def test_kinds_of_points_are_named_by_their_references():
    program = kind_of_points(ref="club")
    assert program_refs({program, -1}) == {program: "club"}
