"""The refusals of the event log."""

from core.errors import Busy, Conflict, Invalid, Missing, Refused


class TargetDown(Busy):
    """What the events are sent to does not answer; they wait until it does."""

    code = "target_down"


class ConsumerNotFound(Missing):
    """No consumer has this name."""

    code = "consumer_not_found"


class DeadLetterNotFound(Missing):
    """This dead letter is not there any more: it was retried or discarded."""

    code = "dead_letter_not_found"


class PartitionsChanged(Conflict):
    """The consumer was given another number of partitions while some lag behind others."""

    code = "partitions_changed"


class InvalidWebhookUrl(Invalid):
    """A webhook's address is https:// with a host, without a user name and password."""

    code = "invalid_webhook_url"


class InvalidEventType(Invalid):
    """An event type is one word: PointsEarned, OrderCreated."""

    code = "invalid_event_type"


class WebhookTargetNotAllowed(Refused):
    """The address leads into a private network; webhooks go to public addresses only."""

    code = "webhook_target_not_allowed"


class WebhookNotFound(Missing):
    """There is no such webhook, or no such delivery."""

    code = "webhook_not_found"
