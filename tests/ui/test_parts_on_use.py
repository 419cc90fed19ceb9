"""Wishes before there is anybody to take them."""

from typing import cast

import pytest

from ringbridge.ui.parts import Parts
from ringbridge.ui.parts_on_use import PartsOnUse

PARTS = cast("Parts", object())  # what they are does not matter here: they are only handed on


@pytest.fixture
def fetched() -> list[bool]:
    return []


@pytest.fixture
def parts(fetched: list[bool]) -> PartsOnUse:
    return PartsOnUse(lambda: fetched.append(True))


def test_nothing_is_made_before_somebody_wants_something(parts: PartsOnUse, fetched: list[bool]) -> None:
    parts.can_be_made()
    assert fetched == []
    parts.use(lambda _parts: None)
    assert fetched == [True]


def test_wishes_that_came_too_early_are_met_in_order_and_once(parts: PartsOnUse, fetched: list[bool]) -> None:
    met: list[str] = []
    parts.use(lambda _parts: met.append("first"))
    parts.use(lambda _parts: met.append("second"))
    assert fetched == []
    parts.can_be_made()
    parts.use(lambda _parts: met.append("third"))
    assert (met, fetched) == ([], [True])
    parts.take(PARTS)
    assert met == ["first", "second", "third"]
    parts.use(lambda _parts: met.append("fourth"))
    assert (met[3:], fetched) == (["fourth"], [True])


def test_a_wish_that_fails_does_not_take_the_next_one_with_it(
    parts: PartsOnUse, caplog: pytest.LogCaptureFixture
) -> None:
    met: list[Parts] = []

    def fail(_parts: Parts) -> None:
        raise RuntimeError("broken")

    parts.can_be_made()
    parts.use(fail)
    parts.use(met.append)
    parts.take(PARTS)
    assert met == [PARTS]
    assert "a wish failed" in caplog.text


def test_after_a_failure_the_next_wish_tries_again(parts: PartsOnUse, fetched: list[bool]) -> None:
    met: list[str] = []
    parts.can_be_made()
    parts.use(lambda _parts: met.append("lost"))
    parts.give_up()
    parts.use(lambda _parts: met.append("met"))
    assert fetched == [True, True]
    parts.take(PARTS)
    assert met == ["met"]
