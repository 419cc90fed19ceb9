from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.training.parameters import Parameter, Values, merge_parameters, read_values, split_parameters
from ringbridge.training.states import Level

TABLE = (
    Parameter(name="line", required=True),
    Parameter(name="flag", whole=True, high=1, default=1),
    Parameter(name="kind", choices=("", "phone")),
    Parameter(name="plan", since=Level.V41),
)


@pytest.mark.parametrize(
    ("raw", "pairs"),
    [
        (b"a=1;b=2", [("a", "1"), ("b", "2")]),
        (b"a=1&b=2", [("a", "1"), ("b", "2")]),
        (b"a=1;b=2&c=3", [("a", "1"), ("b", "2"), ("c", "3")]),
        (b"a=x+y%2B%3B%26z", [("a", "x y+;&z")]),
        (b"a=%D7%93%D7%A0%D7%94", [("a", "דנה")]),
        (b"a=%FF", [("a", "\ufffd")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a;=1;;&", [("a", "")]),
        (b"", []),
        (b"a=%zz", [("a", "%zz")]),
    ],
)
def test_parameters_are_split_and_decoded_as_the_vendor_does(raw: bytes, pairs: list[tuple[str, str]]):
    assert split_parameters(raw) == pairs


def test_query_and_body_are_merged_and_the_first_mention_counts():
    assert merge_parameters(b"a=1;b=2", b"b=3&c=4&a=5") == {"a": "1", "b": "2", "c": "4"}


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_what_is_encoded_comes_back(parameters: dict[str, str]):
    for separator in ";&":
        raw = separator.join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in parameters.items())
        assert merge_parameters(raw.encode(), b"") == parameters


@given(st.binary())
def test_any_bytes_are_read(raw: bytes):
    assert isinstance(merge_parameters(raw, raw), dict)


def test_defaults_stand_in_for_what_is_missing_or_empty():
    values, problems = read_values(TABLE, {"line": "1", "kind": ""}, Level.V41)
    assert problems == ()
    assert (values.text("line"), values.whole("flag"), values.text("kind"), values.text("plan")) == ("1", 1, "", "")


def test_what_came_later_is_ignored_at_the_seed_level():
    raw = {"line": "1", "plan": "auto"}
    assert read_values(TABLE, raw, Level.SEED)[0].text("plan") == ""
    assert read_values(TABLE, raw, Level.V44)[0].text("plan") == "auto"


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        ({}, ["line"]),
        ({"line": ""}, ["line"]),
        ({"line": "1", "flag": "2"}, ["flag"]),
        ({"line": "1", "flag": "yes"}, ["flag"]),
        ({"line": "1", "flag": "٣"}, ["flag"]),
        ({"line": "1", "flag": "-1"}, ["flag"]),
        ({"line": "1", "flag": "9" * 30}, ["flag"]),
        ({"line": "1", "kind": "mobile"}, ["kind"]),
        ({"flag": "x", "kind": "x"}, ["line", "flag", "kind"]),
        ({"line": "1", "unknown": "x"}, []),
    ],
)
def test_problems_come_in_the_order_of_the_table(raw: dict[str, str], keys: list[str]):
    assert [problem.key for problem in read_values(TABLE, raw, Level.V44)[1]] == keys


def test_further_checks_see_the_values_read_before():
    def check(text: str, values: Values) -> str:
        return f"{values.text('line')} forbids {text}" if values.text("line") == "1" else ""

    checks = {"kind": check}
    assert read_values(TABLE, {"line": "1", "kind": "phone"}, Level.SEED, checks)[1][0].message == "1 forbids phone"
    assert read_values(TABLE, {"line": "2", "kind": "phone"}, Level.SEED, checks)[1] == ()
