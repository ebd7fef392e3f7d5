"""Where consumers start, and what happens when they are divided anew."""

from __future__ import annotations

import pytest
from django.utils import timezone

from events.domain.consumer import Consumer
from events.errors import ConsumerNotFound, PartitionsChanged
from events.models import ConsumerPosition
from events.registry import consumer_of, consumers
from events.services.consume_batch import consume_batch
from events.services.place_consumers import place_consumers
from events.stream import read_head
from tests.events.readers import keeping, kept, log, read_on

pytestmark = pytest.mark.usefixtures("effects")


def test_a_new_consumer_starts_at_the_beginning_or_now() -> None:
    log(("Before", "card:1"))
    old, new = keeping("old"), keeping("new", from_start=False)
    assert place_consumers(consumers=[old, new]).new == ("old", "new")
    assert place_consumers(consumers=[old, new]).new == ()
    log(("After", "card:1"))
    read_on(old)
    read_on(new)
    assert len(kept("old")) == 2
    assert kept("new") == kept("old")[1:]


def test_partitions_are_divided_anew_once_all_stand_at_one_place() -> None:
    log(*[("Any", f"card:{number}") for number in range(30)])
    four = keeping(batch_size=2)
    place_consumers(consumers=[four])
    consume_batch(consumer=four, up_to=read_head().tail, share=1, at=timezone.now())
    eight = keeping(partitions=8)
    with pytest.raises(PartitionsChanged) as refused:
        place_consumers(consumers=[eight])
    assert refused.value.facts == {"consumer": "keeper", "had": 4, "now": 8}
    assert ConsumerPosition.objects.count() == 4
    read_on(four)
    assert place_consumers(consumers=[eight]).divided_anew == ("keeper",)
    log(("Any", "card:1"))
    read_on(eight)
    assert len(kept()) == len(set(kept())) == 31


def test_a_consumer_is_found_by_its_name() -> None:
    for name, one in consumers().items():
        assert consumer_of(name) is one
    with pytest.raises(ConsumerNotFound):
        consumer_of("nobody")


def test_a_consumer_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="lower case"):
        Consumer(name="No Name", handle=print)
    with pytest.raises(ValueError, match="partitions"):
        Consumer(name="none", handle=print, partitions=0)
