"""The envelope every answer comes in: ``{"responses": [{"code", "key", "message"}], "data": ...}``.

Real systems are less tidy than their manual: the code is a string or a number, ``responses`` an array or one object,
and the manual's own example has a comma too many. All of that is read; what says nothing of success is none.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

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
from ringbridge.services.pbx.form import printable

Json = dict[str, "Json"] | list["Json"] | str | bool | None
"""What `json` makes of a document here: numbers stay the text they were, so that no identifier is rounded."""

LONGEST_VALUE = 200

_OK, _CODE_NEEDED, _NO_DATA = 200, 202, 204
_WRONG_LOGIN = 401
_REFUSALS = {400: InvalidInput, 402: RoleForbids, 403: RatePlanForbids, 404: NotFound}

# Strings are matched whole, so that commas in them are not touched; one that never ends takes the rest, so that the
# time stays in proportion to the length.
_STRING_OR_SPARE_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*[}\]])', re.DOTALL)
# Only these are believed: Python knows stranger codecs, some of which take very long over a hostile answer.
_EIGHT_BIT = re.compile("(iso-8859-|windows-|cp)[0-9]{1,4}|koi8-[ru]", re.IGNORECASE)
_SECRET_NAMES = ("password", "token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A success.

    Attributes:
        code: 200 or 204.
        message: The PBX's own words, cleaned.
        data: What came with it. Fields whose name speaks of a password or token are gone already.
    """

    code: int
    message: str
    data: Json = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    code: int
    key: str
    message: str

    @property
    def good(self) -> bool:
        return self.code // 100 == 2  # noqa: PLR2004 - 2xx


def read_answer(body: bytes, *, http_status: int, charset: str, clean: Callable[[str], str]) -> Answer:
    """Read an answer; the code in the body decides, whatever the HTTP status is.

    Args:
        body: The answer's body.
        http_status: For the error, where the body is no envelope.
        charset: As the answer names it, or empty; asked only when the body is no UTF.
        clean: Makes the PBX's words fit to show.

    Raises:
        AnswerNotUnderstood: No envelope, an unlisted code, or codes that contradict each other.
        WrongLogin: 401.
        LoginCodeNeeded: 202.
        InvalidInput: 400.
        RoleForbids: 402.
        RatePlanForbids: 403.
        NotFound: 404.
    """
    envelope, odd = _parse(body, charset)
    if odd:
        raise AnswerNotUnderstood(odd, http_status)
    entries = _entries(envelope.get("responses"), clean)
    if not entries:
        raise AnswerNotUnderstood("an answer without a readable code", http_status)
    message = "; ".join(dict.fromkeys(entry.message for entry in entries if entry.message))
    failure = _failure(entries, message, http_status)
    if failure is not None:
        raise failure
    return Answer(code=min(entry.code for entry in entries), message=message, data=envelope.get("data"))


def text_of(value: Json) -> str:
    """A field as text: strings and numbers as they are, anything else empty; printable, at most 200 characters."""
    return printable(value, LONGEST_VALUE) if isinstance(value, str) else ""


def _parse(body: bytes, charset: str) -> tuple[dict[str, Json], str]:
    """The envelope, or what is odd. Not raised from the handlers: json's error holds the whole document."""
    text = _decode(body, charset).strip()
    if not text:
        return {}, "an empty answer"
    for attempt, strict in ((text, True), (None, False)):
        try:
            document = _load(attempt if attempt is not None else _without_spare_commas(text), strict=strict)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            return document, ""
        return {}, "JSON, but no envelope"
    return {}, "a web page instead of JSON" if text.startswith("<") else "no JSON"


def _load(text: str, *, strict: bool) -> Json:
    return cast(
        "Json",
        json.loads(
            text,
            strict=strict,
            parse_int=str,
            parse_float=str,
            parse_constant=str,
            object_pairs_hook=_without_secrets,
        ),
    )


def _without_secrets(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    # `phones/list` gives every line's SIP password unasked on some levels: it never becomes part of a value here
    return {name: value for name, value in pairs if not any(secret in name.lower() for secret in _SECRET_NAMES)}


def _without_spare_commas(text: str) -> str:
    return _STRING_OR_SPARE_COMMA.sub(lambda match: "" if match[0] == "," else match[0], text)


def _decode(body: bytes, charset: str) -> str:
    guesses = (json.detect_encoding(body), charset if _EIGHT_BIT.fullmatch(charset) else "latin-1")
    for encoding in guesses:
        try:
            return body.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return body.decode("latin-1")  # never fails; the envelope itself is ASCII


def _entries(responses: Json, clean: Callable[[str], str]) -> tuple[_Entry, ...]:
    """All entries, or none at all where one of them can't be read."""
    rows = responses if isinstance(responses, list) else [responses]
    entries: list[_Entry] = []
    for row in rows:
        code = row.get("code") if isinstance(row, dict) else None
        text = code.strip() if isinstance(code, str) else ""
        if not isinstance(row, dict) or not re.fullmatch("[1-9][0-9]{2}", text):
            return ()
        key, message = row.get("key"), row.get("message")
        entries.append(
            _Entry(
                code=int(text),
                key=clean(key) if isinstance(key, str) else "",
                message=clean(message) if isinstance(message, str) else "",
            )
        )
    return tuple(entries)


def _failure(entries: tuple[_Entry, ...], message: str, http_status: int) -> PbxError | None:
    bad = [entry for entry in entries if not entry.good]
    if bad and len(bad) < len(entries):
        # yes and no at once: whatever was asked for may have happened
        codes = ", ".join(str(entry.code) for entry in entries)
        return AnswerNotUnderstood(f"yes and no in one answer ({codes}): {message}", http_status, bad[0].code)
    if not bad:
        odd = next((entry.code for entry in entries if entry.code not in {_OK, _NO_DATA}), None)
        if odd is None:
            return None
        return LoginCodeNeeded() if odd == _CODE_NEEDED else _unlisted(odd, message, http_status)
    code = bad[0].code
    if code == _WRONG_LOGIN:
        return WrongLogin()
    if code not in _REFUSALS:
        return _unlisted(code, message, http_status)
    key = next((entry.key for entry in bad if entry.key), "")
    return _REFUSALS[code](code, key, message)


def _unlisted(code: int, message: str, http_status: int) -> AnswerNotUnderstood:
    return AnswerNotUnderstood(f"code {code}: {message}" if message else f"code {code}", http_status, code)
