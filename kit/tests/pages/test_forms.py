"""Tokens, rows that repeat, and fields with their errors."""

from collections.abc import Callable

import httpx
import pytest
from starlette.datastructures import FormData

from kit.pages.forms import FieldError, rows
from kit.testing.pages import read_page


async def a_form(client: httpx.AsyncClient) -> dict[str, str]:
    return read_page((await client.get("/form")).text).form("/form").fields


async def test_a_form_with_its_token_is_taken(client: httpx.AsyncClient) -> None:
    fields = await a_form(client)
    assert (await client.post("/form", data=fields)).status_code == 422  # the demo always finds errors


@pytest.mark.proves("L05")
@pytest.mark.parametrize("token", [None, "", "something-else", "đúng-là-không-phải"])
async def test_a_form_without_the_session_s_token_is_refused(client: httpx.AsyncClient, token: str | None) -> None:
    fields = await a_form(client)
    del fields["form_token"]
    answer = await client.post("/form", data=fields | ({} if token is None else {"form_token": token}))
    assert answer.status_code == 403
    assert read_page(answer.text).h1 == "Trang đã mở quá lâu"


async def test_a_token_of_another_session_is_refused(client: httpx.AsyncClient) -> None:
    fields = await a_form(client)
    client.cookies.clear()
    await client.get("/form")
    assert (await client.post("/form", data=fields)).status_code == 403


async def test_a_token_sent_as_a_file_or_not_as_a_form_is_refused(client: httpx.AsyncClient) -> None:
    token = (await a_form(client))["form_token"]
    assert (await client.post("/form", files={"form_token": ("t", token)})).status_code == 403
    assert (await client.post("/form", json={"form_token": token})).status_code == 403


async def test_the_token_stays_the_same_in_one_session(client: httpx.AsyncClient) -> None:
    assert (await a_form(client))["form_token"] == (await a_form(client))["form_token"]


async def test_errors_stand_in_the_summary_and_beside_the_field_and_what_was_typed_is_kept(
    client: httpx.AsyncClient,
) -> None:
    fields = await a_form(client)
    typed = {"organisation": 'Bệnh viện "A" & <B>', "note": "\nhai dòng", "way": "post", "devices-1-count": "không"}
    page = read_page((await client.post("/form", data=fields | typed)).text)
    assert page.errors["devices-1-count"] == "Số lượng phải là một số từ 1 trở lên."
    assert page.text.count("Số lượng phải là một số từ 1 trở lên.") == 2
    kept = page.form("/form").fields
    assert {name: kept[name] for name in typed} == typed
    wrong = [element for element in page.root.iter() if element.get("aria-invalid") == "true"]
    assert [element.get("id") for element in wrong] == ["organisation", "email", "devices-1-count", "agree"]


async def test_pressing_enter_in_a_repeating_table_never_removes_a_row(client: httpx.AsyncClient) -> None:
    buttons = read_page((await client.get("/form")).text).form("/form").buttons
    assert next(iter(buttons.values())) == ("", "")
    assert buttons["Xóa máy 2"] == ("remove_row", "devices-1")
    assert buttons["Thêm máy"] == ("add_row", "devices")


def test_rows_come_back_in_order_without_the_empty_ones() -> None:
    form = FormData(
        [
            ("devices-10-maker", "b"),
            ("devices-2-maker", " a "),
            ("devices-2-serial-no", "1"),
            ("devices-3-maker", " "),
            ("devices-x-maker", "not a number"),
            ("devices-99999-maker", "not a row anybody typed"),
            ("other-0-maker", "another table"),
            ("devices", "no row"),
        ]
    )
    assert rows(form, "devices") == [{"maker": "a", "serial-no": "1"}, {"maker": "b"}]


def test_a_field_not_yet_filled_in_may_be_undefined_but_a_missing_name_may_not(macro: Callable[..., str]) -> None:
    assert 'value=""' in macro('{{ ui.field("a", "A", value=values.a) }}', values={})
    assert "checked" not in macro('{{ ui.choice("a", "A", [("1", "Một")], value=values.a) }}', values={})


def test_zero_is_a_value(macro: Callable[..., str]) -> None:
    assert 'value="0"' in macro('{{ ui.field("a", "A", value=0, kind="number") }}')


def test_words_are_escaped_everywhere(macro: Callable[..., str]) -> None:
    said = macro(
        '{{ ui.field("a", x, value=x, hint=x, error=x, unit=x) }}{{ ui.badge(x, "blue", "check") }}{{ ui.code(x) }}'
        "{{ ui.timeline([{'word': x, 'state': 'done', 'time': x, 'note': x}]) }}"
        "{{ ui.facts([(x, x)]) }}{{ ui.empty(x) }}"
        "{{ ui.error_summary([e]) }}{{ ui.listing(x, [x], [[x]]) }}{{ ui.button(x) }}{{ ui.sandbox_mark(x) }}",
        x='<script>"',
        e=FieldError('"><script>', "<script>"),
    )
    assert "<script" not in said
