"""What a library says a hundred times a second is written once in a while; what we say is always written."""

import logging

from kit.logs import Sparing


def said(name: str, template: str, node: int, at: float) -> logging.LogRecord:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, template, (node,), None)
    record.created = at
    return record


def test_a_library_says_each_kind_of_thing_once_in_a_while() -> None:
    sparing = Sparing("aiokafka", seconds=10)
    lost, gone = "no connection to node %s", "node %s is gone"
    told = [sparing.filter(said("aiokafka.client", lost, node, at)) for node, at in ((1, 0), (2, 1), (1, 9), (1, 10))]
    assert told == [True, False, False, True]
    assert sparing.filter(said("aiokafka", gone, 1, 1))


def test_what_we_say_ourselves_is_always_written() -> None:
    sparing = Sparing("aiokafka")
    assert all(sparing.filter(said("kit.relay", "starts again %s", 1, 0)) for _ in range(3))
