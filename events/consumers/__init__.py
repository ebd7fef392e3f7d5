"""Who reads the log on behalf of the world outside."""

from events.consumers.broadcast import BROADCAST
from events.domain.consumer import Consumer

CONSUMERS: tuple[Consumer, ...] = (BROADCAST,)
