"""Answers as real systems give them, and as they don't."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.errors import (
    AnswerNotUnderstood,
    InvalidInput,
    LoginCodeNeeded,
    NotFound,
    PbxError,
    RatePlanForbids,
    RoleForbids,
    WrongLogin,
)
from ringbridge.services.pbx.envelope import Answer, read_answer
from ringbridge.services.pbx.form import Words

# The manual's own example, byte for byte, with its comma too many.
MANUAL_200 = (
    b'{ "responses":[ { "code":"200", "key":"", "message":"OK" } ], '
    b'"data":{ "server":"server01", "callid":"1234567890.123456" }, }'
)


def read(body: bytes | dict[str, Any] | list[Any], *, http_status: int = 200, charset: str = "") -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_answer(raw, http_status=http_status, charset=charset, clean=Words("secret"))


def entry(code: Any, message: str = "OK", key: str = "") -> dict[str, Any]:
    return {"code": code, "key": key, "message": message}


def test_the_manuals_example_is_read_with_its_comma_too_many() -> None:
    answer = read(MANUAL_200)
    assert answer.code == 200
    assert answer.data == {"server": "server01", "callid": "1234567890.123456"}


@pytest.mark.parametrize("code", ["200", 200, "204", 204, " 204 "])
def test_the_code_is_a_string_or_a_number(code: str | int) -> None:
    assert read({"responses": [entry(code)]}).code == int(code)


def test_responses_may_be_one_object() -> None:
    assert read({"responses": entry("204")}).code == 204


@pytest.mark.parametrize("data", [None, [], {}])
def test_empty_data_is_fine(data: Any) -> None:
    assert read({"responses": [entry("204")], "data": data}).data == data


@pytest.mark.parametrize(
    ("code", "kind"),
    [(400, InvalidInput), (402, RoleForbids), (403, RatePlanForbids), (404, NotFound)],
)
def test_a_refusal_carries_code_key_and_message(code: int, kind: type[PbxError]) -> None:
    with pytest.raises(kind) as caught:
        read({"responses": [entry(str(code), "Not\nthat <b>way</b>", "cnumber")]})
    assert vars(caught.value) == {"code": code, "key": "cnumber", "message": "Not that <b>way</b>"}


@pytest.mark.parametrize(("code", "kind"), [("401", WrongLogin), (401, WrongLogin), ("202", LoginCodeNeeded)])
def test_login_codes(code: str | int, kind: type[PbxError]) -> None:
    with pytest.raises(PbxError) as caught:
        read({"responses": [entry(code)]})
    assert type(caught.value) is kind


@pytest.mark.parametrize("code", [201, 206, 301, 409, 500, 999, "100"])
def test_an_unlisted_code_is_not_understood(code: int | str) -> None:
    with pytest.raises(AnswerNotUnderstood) as caught:
        read({"responses": [entry(code, "Hm")]}, http_status=418)
    assert (caught.value.code, caught.value.http_status) == (int(code), 418)
    assert caught.value.detail == f"code {code}: Hm"


def test_several_good_entries_are_a_success() -> None:
    answer = read({"responses": [entry("204", "A"), entry(200, "B"), entry("204", "A")]})
    assert (answer.code, answer.message) == (200, "A; B")


def test_several_bad_entries_show_all_messages() -> None:
    with pytest.raises(InvalidInput) as caught:
        read({"responses": [entry("400", "A"), entry("400", "B", "wait"), entry("400", "C", "delay")]})
    assert (caught.value.key, caught.value.message) == ("wait", "A; B; C")


@pytest.mark.parametrize("codes", [("204", "400"), ("400", "200"), (204, 401)])
def test_yes_and_no_at_once_is_neither_success_nor_refusal(codes: tuple[Any, Any]) -> None:
    with pytest.raises(AnswerNotUnderstood) as caught:
        read({"responses": [entry(codes[0], "A"), entry(codes[1], "B")]})
    assert "A; B" in caught.value.detail


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \r\n",
        b"<html><body>Log in</body></html>",
        b"204",
        b'"204"',
        b"null",
        b"[]",
        b"{}",
        MANUAL_200[:-1],
        MANUAL_200[:40],
        b'{"responses": []}',
        b'{"responses": null}',
        b'{"responses": {}}',
        b'{"responses": "204"}',
        b'{"responses": [null]}',
        b'{"responses": [{"message": "OK"}]}',
        b'{"responses": [{"code": ""}]}',
        b'{"responses": [{"code": true}]}',
        b'{"responses": [{"code": "OK"}]}',
        b'{"responses": [{"code": 20}]}',
        b'{"responses": [{"code": 204.5}]}',
        b'{"responses": [{"code": "2040"}]}',
        b'{"responses": [{"code": [204]}]}',
        b'{"responses": [{"code": "204"}, {"message": "?"}]}',
        b'{"responses": [{"code": ' + b"9" * 5000 + b"}]}",
        b'{"status": "success", "call_id": "7"}',
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"\xff\xfe\x00garbage\x80",
        b"\x1f\x8b\x08garbage",
    ],
)
def test_what_does_not_say_success_is_none(body: bytes) -> None:
    with pytest.raises(AnswerNotUnderstood) as caught:
        read(body, http_status=502)
    assert caught.value.http_status == 502
    assert caught.value.code == 0
    assert caught.value.__context__ is None  # json's error would hold the whole answer


@given(st.binary())
def test_no_bytes_are_taken_for_success(body: bytes) -> None:
    with pytest.raises(AnswerNotUnderstood):
        read(body)


@pytest.mark.parametrize("status", [200, 401, 404, 500, 503])
def test_the_code_in_the_body_counts_whatever_the_http_status(status: int) -> None:
    assert read(MANUAL_200, http_status=status).code == 200


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-16-le", "x"),
        ("utf-32", ""),
        ("windows-1255", "windows-1255"),
        ("iso-8859-8", "ISO-8859-8"),
    ],
)
def test_an_answer_in_another_encoding_is_read(encoding: str, charset: str) -> None:
    text = json.dumps({"responses": [entry("400", "מספר שגוי")]}, ensure_ascii=False)
    with pytest.raises(InvalidInput) as caught:
        read(text.encode(encoding), charset=charset)
    assert caught.value.message == "מספר שגוי"


@pytest.mark.parametrize("charset", ["", "no-such", "zlib", "punycode", "unicode_escape"])
def test_an_unknown_encoding_loses_letters_but_not_the_code(charset: str) -> None:
    body = json.dumps({"responses": [entry("400", "שגוי")]}, ensure_ascii=False).encode("windows-1255")
    with pytest.raises(InvalidInput):
        read(body, charset=charset)


def test_spare_commas_go_and_commas_in_texts_stay() -> None:
    body = rb'{"responses": [{"code": "400", "key": "",  "message": "a,} b,] \",} c" , }, ], }'
    with pytest.raises(InvalidInput) as caught:
        read(body)
    assert caught.value.message == 'a,} b,] ",} c'


def test_raw_control_characters_in_texts_are_read() -> None:
    with pytest.raises(NotFound) as caught:
        read(b'{"responses": [{"code": "404", "key": "", "message": "not\there"}]}')
    assert caught.value.message == "not here"


@pytest.mark.parametrize("evil", [b'{"', b'"\\"', b'\\"', b",  ", b'"', b"\\"])
def test_a_hostile_answer_takes_no_time(evil: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(AnswerNotUnderstood):
        read(b'{"x":' + evil * (1_000_000 // len(evil)))
    assert time.monotonic() - started < 5


def test_numbers_stay_as_they_were_written() -> None:
    assert read(b'{"responses": [{"code": 200}], "data": {"callid": 1234567890.1234560}}').data == {
        "callid": "1234567890.1234560"
    }


def test_fields_that_speak_of_passwords_never_become_values() -> None:
    data = {"name": "7", "Password": "s1", "auth_token": "s2", "sub": [{"sip_password": "s3"}]}
    assert read({"responses": [entry("200")], "data": [data]}).data == [{"name": "7", "sub": [{}]}]


def test_a_message_that_repeats_the_password_is_cleaned() -> None:
    with pytest.raises(InvalidInput) as caught:
        read({"responses": [entry("400", "bad secret", "secret")]})
    assert (caught.value.key, caught.value.message) == ("***", "bad ***")


def test_data_is_not_shown() -> None:
    assert "server01" not in repr(read(MANUAL_200))
