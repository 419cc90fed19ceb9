"""Writing values into the text of a settings file, so that a person's comments and order stay. No files here."""

import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

if TYPE_CHECKING:
    from ringbridge.core.settings import SettingValue


def with_values(old_text: str, changes: "Mapping[str, SettingValue]", *, version: int) -> str:
    """The text with other values.

    Args:
        old_text: TOML, or empty.
        changes: New values by dotted key.
        version: Of the file's form; written where the text says none.

    Raises:
        ValueError: It has a form that only a person can change.
    """
    try:
        document = tomlkit.parse(old_text)
        for key, value in changes.items():
            _put(document, key, value)
        text = tomlkit.dumps(document)
    except TOMLKitError as error:
        raise ValueError(str(error)) from error
    if "version" not in document:
        text = f"version = {version}\n{text}"
    # numbers with a point stay text in this comparison: nan is not equal to itself
    if tomllib.loads(text, parse_float=str) != _expected(tomllib.loads(old_text, parse_float=str), changes, version):
        raise ValueError("the new text would mean something else")
    return text


def _put(document: tomlkit.TOMLDocument, key: str, value: "SettingValue") -> None:
    """Set one value, keeping comments and order. Something that stands where a table belongs becomes a comment."""
    tables = cast("dict[str, Any]", document)
    group, _, name = key.rpartition(".")
    if not group:
        tables[name] = value
        return
    if not isinstance(tables.setdefault(group, tomlkit.table()), Mapping):
        table = tomlkit.table()
        for line in f"{group} = {tables.pop(group).as_string()}".splitlines():
            table.add(tomlkit.comment(line))
        tables[group] = table
    if isinstance(value, tuple):
        _put_list(tables[group], name, value)
    else:
        tables[group][name] = value


def _put_list(table: "dict[str, Any]", name: str, texts: tuple[str, ...]) -> None:
    """Set a list, one text a line; entries that stay keep their place and the comments beside and above them."""
    old: object = table.get(name)
    if not isinstance(old, Array) or not old:
        new: Any = tomlkit.array()
        new.extend(texts)
        table[name] = new.multiline(multiline=bool(texts))
        return
    from difflib import SequenceMatcher

    array = cast("Any", old)
    steps = SequenceMatcher(None, [str(item) for item in array], texts, autojunk=False).get_opcodes()
    for kind, first, last, new_first, new_last in reversed(steps):  # from the end, so that places stay true
        if kind == "equal":
            continue
        common = min(last - first, new_last - new_first)
        for index in range(common):
            array[first + index] = texts[new_first + index]
        for _ in range(last - first - common):
            del array[first + common]
        for index in range(new_first + common, new_last):
            array.insert(first + index - new_first, texts[index])


def _expected(table: Mapping[str, Any], changes: "Mapping[str, SettingValue]", version: int) -> dict[str, Any]:
    """What the written text must mean, so that no quirk of the writing library can lose or change a value."""
    expected = {key: dict(cast("Any", value)) if isinstance(value, dict) else value for key, value in table.items()}
    expected.setdefault("version", version)
    for key, value in changes.items():
        written = list(value) if isinstance(value, tuple) else value
        group, _, name = key.rpartition(".")
        if not group:
            expected[name] = written
            continue
        if not isinstance(expected.get(group), dict):
            expected[group] = {}
        expected[group][name] = written
    return expected
