"""Every pair of state and action, stable ids, masks, and the text of short messages."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from notify.domain.addresses import masked
from notify.domain.errors import NotAllowedNow
from notify.domain.message import (
    CHANNELS,
    NEXT_STATE,
    Channel,
    Message,
    MessageState,
    Template,
    message_id,
)
from notify.domain.short_text import LONGEST, STATUS, short_text

AT = datetime(2025, 3, 3, tzinfo=UTC)


def a_message(state: MessageState = MessageState.QUEUED, channel: Channel = Channel.EMAIL) -> Message:
    return Message(
        id=uuid4(),
        dossier_id=uuid4(),
        template=Template.RECEIVED,
        channel=channel,
        about="",
        created_at=AT,
        try_at=AT,
        state=state,
    )


@pytest.mark.parametrize("state", MessageState)
@pytest.mark.parametrize("action", ["begin", "begin once", "send", "fail", "skip", "put off", "send again"])
def test_a_message_moves_only_as_its_table_says(state: MessageState, action: str) -> None:
    message = a_message(state, Channel.SMS if action == "begin once" else Channel.EMAIL)
    acts = {
        "begin": lambda: message.begin(until=AT),
        "begin once": lambda: message.begin(until=AT),
        "send": lambda: message.sent(now=AT),
        "fail": lambda: message.failed("no"),
        "skip": lambda: message.skipped("nowhere"),
        "put off": lambda: message.put_off("later", until=AT),
        "send again": lambda: message.again(at=AT),
    }
    if (state, action) in NEXT_STATE:
        assert acts[action]().state is NEXT_STATE[state, action]
    else:
        with pytest.raises(NotAllowedNow, match=f"cannot {action} a message that is {state}"):
            acts[action]()


def test_a_short_message_whose_attempt_has_begun_is_never_taken_again_by_itself() -> None:
    begun = a_message(channel=Channel.SMS).begin(until=AT)
    assert begun.state is MessageState.UNKNOWN
    assert (begun.state, "begin once") not in NEXT_STATE


def test_the_same_occasion_has_the_same_id_for_ever() -> None:
    dossier = UUID("00000000-0000-0000-0000-000000000001")
    first = message_id(dossier, Template.RECEIVED, Channel.EMAIL, "")
    assert first == UUID("a0a24753-ce30-5ffc-be5e-04d6d5e5874d")  # it is in mail already sent: it never changes
    others = {
        message_id(dossier, Template.RETURNED, Channel.EMAIL, ""),
        message_id(dossier, Template.RECEIVED, Channel.SMS, ""),
        message_id(dossier, Template.RECEIVED, Channel.EMAIL, "round 1"),
        message_id(uuid4(), Template.RECEIVED, Channel.EMAIL, ""),
    }
    assert len(others | {first}) == 5


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("hien@mau.example", "h•••@mau.example"),
        ("a@b.vn", "a•••@b.vn"),
        ("0912 345 678", "•••678"),
        ("+84912345678", "•••678"),
        ("123", "•••"),
        ("", "•••"),
    ],
)
def test_an_address_is_shown_masked(address: str, shown: str) -> None:
    assert masked(address) == shown


@pytest.mark.parametrize("template", STATUS)
@pytest.mark.parametrize("office", ["Sở Khoa học và Công nghệ tỉnh Mẫu", "Đ" * 500])
def test_a_short_message_is_one_part_without_diacritics_and_says_only_code_and_status(
    template: Template, office: str
) -> None:
    text = short_text(template, office=office, code="H00.15-250313-0001")
    assert text.isascii()
    assert len(text) <= LONGEST
    assert text.endswith(f"ho so H00.15-250313-0001 {STATUS[template]}.")


def test_short_messages_have_a_text_where_they_are_sent() -> None:
    assert set(STATUS) == {template for template, channels in CHANNELS.items() if Channel.SMS in channels}
