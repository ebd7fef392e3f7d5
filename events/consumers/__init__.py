"""Who reads the log on behalf of the world outside."""

from events.consumers import kafka
from events.consumers.broadcast import BROADCAST
from events.consumers.webhooks import WEBHOOKS
from events.domain.consumer import Consumer

CONSUMERS: tuple[Consumer, ...] = (BROADCAST, WEBHOOKS, *kafka.consumers())
