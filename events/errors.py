"""The refusals of the event log."""

from core.errors import Busy, Conflict, Missing


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
