"""The parameters of one call."""

from typing import Any

import pytest

from ringbridge.core.errors import NothingSent, RequestInvalid
from ringbridge.services.pbx import MakeCall

DOCUMENTED_DEFAULTS = {
    "stype": "",
    "ctype": "",
    "card": "",
    "customer": None,
    "answer1": 0,
    "answer2": 0,
    "callerid1": "",
    "callerid2": "",
    "recordgroup": 0,
    "screen1": 0,
    "screen2": 0,
    "warn1": 1,
    "warn2": 1,
    "delay": 0,
    "wait": 0,
}


def make(**parameters: Any) -> MakeCall:
    numbers: dict[str, Any] = {"snumber": "1234567", "cnumber": "2125551234"}
    return MakeCall(**numbers | parameters)


def test_the_defaults_are_the_documented_ones() -> None:
    call = make()
    assert {name: getattr(call, name) for name in DOCUMENTED_DEFAULTS} == DOCUMENTED_DEFAULTS
    assert call.cdialplan == ""


def test_types_and_numbers_are_always_sent_and_nothing_else_is_by_default() -> None:
    assert make().parameters() == (("stype", ""), ("snumber", "1234567"), ("ctype", ""), ("cnumber", "2125551234"))


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("stype", "phone", "phone"),
        ("snumber", "sales.desk", "sales.desk"),
        ("ctype", "sipuri", "sipuri"),
        ("cnumber", "*98#", "*98#"),
        ("cnumber", "+442079460000", "+442079460000"),
        ("cnumber", "anna@example.com:5061", "anna@example.com:5061"),
        ("cdialplan", "auto", "auto"),
        ("card", "CARD 17", "CARD 17"),
        ("customer", 0, "0"),
        ("customer", 42, "42"),
        ("answer1", 1, "1"),
        ("answer2", 1, "1"),
        ("callerid1", "Zoë ☎", "Zoë ☎"),
        ("callerid2", '"Sales" <2125550000>', '"Sales" <2125550000>'),
        ("recordgroup", 9, "9"),
        ("screen1", 1, "1"),
        ("screen2", 1, "1"),
        ("warn1", 0, "0"),
        ("warn2", 0, "0"),
        ("delay", 3600, "3600"),
        ("wait", 5, "5"),
        ("answer1", True, "1"),
        ("warn1", False, "0"),
    ],
)
def test_a_value_that_differs_from_its_default_is_sent(name: str, value: object, sent: str) -> None:
    assert dict(make(**{name: value}).parameters())[name] == sent


@pytest.mark.parametrize("name", ["warn1", "warn2"])
def test_a_warning_that_is_on_by_default_is_not_sent(name: str) -> None:
    assert name not in dict(make(**{name: 1}).parameters())


WRONG: list[tuple[str, object]] = [
    ("stype", "Phone"),
    ("stype", "number"),
    ("ctype", "two words"),
    ("ctype", "x\n"),
    ("ctype", "x" * 33),
    ("cdialplan", "yes"),
    ("customer", -1),
    ("customer", "7"),
    ("customer", 1.5),
    ("recordgroup", -1),
    ("recordgroup", "7"),
    ("recordgroup", None),
    ("delay", -1),
    ("delay", 3601),
    ("delay", "5"),
    ("wait", -1),
    ("wait", 3601),
    ("wait", 2.5),
    *((name, value) for name in ("card", "callerid1", "callerid2") for value in ("a\nb", "\x00", "x" * 129, 7)),
    *(
        (name, value)
        for name in ("answer1", "answer2", "screen1", "screen2", "warn1", "warn2")
        for value in (2, -1, "1", None)
    ),
    *(
        (name, value)
        for name in ("snumber", "cnumber")
        for value in (
            "",
            " ",
            "12 34",
            "12\n",
            "\t12",
            "12\x00",
            "+",
            "-5",
            "1&2",
            "1;2",
            "1?",
            "٣٤",
            "1" * 129,
            1234,
        )
    ),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_refused_by_name_without_being_repeated(name: str, value: object) -> None:
    with pytest.raises(RequestInvalid) as caught:
        make(**{name: value})
    assert isinstance(caught.value, NothingSent)
    assert caught.value.parameter == name
    assert caught.value.detail
    if isinstance(value, str) and len(value) > 3:
        assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("delay", "wait", "good"), [(5, 6, True), (5, 5, False), (6, 5, False), (5, 0, True), (0, 5, True)]
)
def test_wait_is_greater_than_delay_when_both_are_used(delay: int, wait: int, good: bool) -> None:
    if good:
        assert make(delay=delay, wait=wait).wait == wait
    else:
        with pytest.raises(RequestInvalid) as caught:
            make(delay=delay, wait=wait)
        assert caught.value.parameter == "wait"


def test_a_card_goes_with_and_without_a_customer() -> None:
    assert dict(make(card="C1", customer=8).parameters()).items() >= {"card": "C1", "customer": "8"}.items()
    assert "customer" not in dict(make(card="C1").parameters())


def test_parameters_come_in_the_documented_order() -> None:
    call = make(stype="phone", wait=9, delay=2, card="C", customer=3, callerid2="5", warn2=0)
    assert [name for name, _ in call.parameters()] == [
        "stype", "snumber", "ctype", "cnumber", "card", "customer", "callerid2", "warn2", "delay", "wait",
    ]  # fmt: skip
