"""Answers of the API and how they are written, in every shape live systems were seen to use."""

import json
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from ringbridge.training.states import Level

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
Row = dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of ``responses``."""

    code: int
    key: str = ""
    message: str = "OK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a function answers.

    Attributes:
        entries: The first one is the answer; further ones are shown with the fault `several_entries` only.
        data: The data, or None: there is none.
    """

    entries: tuple[Entry, ...]
    data: JsonValue = None

    @property
    def code(self) -> int:
        """The code of the first entry."""
        return self.entries[0].code


def answer(code: int, message: str = "OK", *, key: str = "", data: JsonValue = None) -> Answer:
    """An answer with one entry."""
    return Answer(entries=(Entry(code=code, key=key, message=message),), data=data)


HUGE_ROWS = 20_000


class Writer:
    """Writes answers as JSON, with the spaces of the seed's examples.

    Args:
        level: At `seed`, every number in data is written as text.
        shuffle: Decides the order of keys (the real one is that of a Perl hash: any).
    """

    def __init__(self, level: Level, shuffle: random.Random) -> None:
        self._level = level
        self._shuffle = shuffle

    def write(self, reply: Answer, faults: Collection[str] = ()) -> str:
        """The body.

        Args:
            reply: What to write.
            faults: Names of `faults.ENVELOPE_FAULTS` that change its shape.
        """
        entries = self._entries(reply, faults)
        responses: JsonValue = entries[0] if "object_response" in faults else entries
        if "empty_responses" in faults:
            responses = []
        data = reply.data
        if "huge_list" in faults and isinstance(data, Sequence) and not isinstance(data, str) and data:
            data = [data[index % len(data)] for index in range(HUGE_ROWS)]
        parts = [f'"responses":{_text(responses)}']
        if "null_data" in faults:
            parts.append('"data":null')
        elif "empty_data" in faults:
            parts.append('"data":[]')
        elif data is not None and "no_data" not in faults:
            parts.append(f'"data":{_text(self._shaped(data, faults))}')
        if "trailing_comma" in faults:
            return f"{{ {', '.join(parts)}, }}" if len(parts) > 1 else f"{{ {parts[0]} }}"
        self._shuffle.shuffle(parts)
        return f"{{ {', '.join(parts)} }}"

    def _entries(self, reply: Answer, faults: Collection[str]) -> list[JsonValue]:
        entries = list(reply.entries[:1])
        if "several_entries" in faults:
            entries = list(reply.entries) if len(reply.entries) > 1 else [*entries, entries[0]]
        if "mixed_entries" in faults:
            entries.append(Entry(code=400, key="callerid2", message="Not a number of yours"))
        if "latin1" in faults:
            entries = [Entry(code=entry.code, key=entry.key, message=f"{entry.message} – äöü") for entry in entries]
        return [
            self._shaped(
                {
                    "code": entry.code if "number_code" in faults else str(entry.code),
                    "key": entry.key,
                    "message": entry.message,
                },
                faults,
                numbers_as_text=False,
            )
            for entry in entries
        ]

    def _shaped(self, value: JsonValue, faults: Collection[str], *, numbers_as_text: bool | None = None) -> JsonValue:
        """`value` with shuffled keys and, at the seed level, numbers as text."""
        as_text = self._level is Level.SEED if numbers_as_text is None else numbers_as_text
        if isinstance(value, Mapping):
            keys = list(value)
            if "trailing_comma" not in faults:  # that one is the seed's example byte for byte, order included
                self._shuffle.shuffle(keys)
            return {key: self._shaped(value[key], faults, numbers_as_text=as_text) for key in keys}
        if isinstance(value, (list, tuple)):
            rows = cast("Sequence[JsonValue]", value)
            return [self._shaped(item, faults, numbers_as_text=as_text) for item in rows]
        if as_text and isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        return value


def _text(value: JsonValue) -> str:
    """JSON with the spaces of the seed's examples: ``{ "key":"value", "key":"value" }``."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_text(key)}:{_text(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_text(item) for item in cast("Sequence[JsonValue]", value))
        return f"[ {inside} ]" if inside else "[]"
    return json.dumps(value, ensure_ascii=False)
