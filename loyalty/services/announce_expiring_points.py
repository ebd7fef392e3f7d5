"""Tell that points will expire soon."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from events.bell import ring_after_commit

BATCH = 1000
_BEFORE_ALL = (datetime(1, 1, 2, tzinfo=UTC), 0)
# Of the days a program names, the fewest that the expiry lies within, if the lot was there then:
# who first looks five days before tells what is due at seven, and not what was due at thirty.
# The row of the notice and the event are written together or not at all.
_ANNOUNCE = """
WITH due AS MATERIALIZED (
    SELECT c.id AS card_id, c.loyalty_program_id, c.partner_id, m.expiration_date,
           notice.days, sum(m.remaining_point) AS points
    FROM loyalty_pointmove m
    JOIN loyalty_loyaltycard c ON c.id = m.card_id AND c.active
     AND (c.expires_at IS NULL OR c.expires_at > %(at)s)
    JOIN loyalty_loyaltyprogram p ON p.id = c.loyalty_program_id
    CROSS JOIN LATERAL (
        SELECT min(days) AS days FROM unnest(p.expiry_notice_days) AS days
        WHERE m.expiration_date <= %(at)s + make_interval(days => days)
          AND m.gain_date <= m.expiration_date - make_interval(days => days)) AS notice
    WHERE m.state = 'active' AND m.expiration_date > %(at)s
      AND m.expiration_date <= %(at)s + make_interval(days => %(most)s)
      AND (m.expiration_date, m.card_id) > (%(after)s, %(after_id)s)
      AND notice.days IS NOT NULL
    GROUP BY c.id, m.expiration_date, notice.days
    ORDER BY m.expiration_date, c.id LIMIT %(limit)s
), new AS (
    INSERT INTO loyalty_expirynotice (card_id, expiration_date, days_before)
    SELECT card_id, expiration_date, days FROM due
    ON CONFLICT (card_id, expiration_date, days_before) DO NOTHING
    RETURNING card_id, expiration_date, days_before
), told AS MATERIALIZED (
    SELECT record_event('PointsExpiring', 'card:' || due.card_id, jsonb_build_object(
               'card_id', due.card_id, 'loyalty_program_id', due.loyalty_program_id,
               'partner_id', due.partner_id, 'points', trim_scale(due.points)::text,
               'expires_at', due.expiration_date, 'days_before', due.days), %(at)s)
    FROM due JOIN new ON new.card_id = due.card_id AND new.days_before = due.days
                     AND new.expiration_date = due.expiration_date
)
SELECT (SELECT count(*) FROM told), last.expiration_date, last.card_id
FROM (VALUES (1)) AS one LEFT JOIN (
    SELECT expiration_date, card_id FROM due ORDER BY expiration_date DESC, card_id DESC LIMIT 1
) AS last ON true
"""


@dataclass(frozen=True, slots=True)
class ExpiryAnnounced:
    """How many events PointsExpiring were written."""

    notices: int


def announce_expiring_points(*, at: datetime, batch: int = BATCH) -> ExpiryAnnounced:
    """Write an event for each card, expiry and number of days before that a program names, once.

    Each batch is committed alone: stopped in the middle, the next run goes on.
    Raises: nothing of its own.
    Writes: loyalty_expirynotice; events PointsExpiring.
    Safe under: replay and concurrency by `one_notice_of_an_expiry`.
    """
    notices = 0
    after: tuple[datetime, int] | None = _BEFORE_ALL
    with connection.cursor() as cursor:
        # A notice is of use until the points are gone.
        cursor.execute("DELETE FROM loyalty_expirynotice WHERE expiration_date <= %s", [at])
        cursor.execute(
            "SELECT max(days) FROM loyalty_loyaltyprogram, unnest(expiry_notice_days) days"
        )
        (most,) = cursor.fetchone()
        while most is not None and after is not None:
            asked = {"at": at, "most": most, "after": after[0], "after_id": after[1]}
            cursor.execute(_ANNOUNCE, asked | {"limit": batch})
            told, last_date, last_card = cursor.fetchone()
            notices += told
            after = None if last_card is None else (last_date, last_card)
    ring_after_commit()
    return ExpiryAnnounced(notices=notices)
