"""Offers that nobody uses, several in a row."""

from dataclasses import replace

import pytest

from ringbridge.core.settings import Settings, with_value
from ringbridge.ui.offer_pause import OfferPause
from ringbridge.ui.session import Session


def pause_after(count: int, *locked: str) -> tuple[OfferPause, list[int]]:
    settings = with_value(replace(Settings()), "clipboard.pause_after", count)
    pause = OfferPause(Session(settings, "US", frozenset(locked)))
    began: list[int] = []
    pause.began.connect(began.append)
    return pause, began


def test_so_many_unused_offers_in_a_row_pause() -> None:
    pause, began = pause_after(3)
    pause.shown(True)
    pause.left()  # it went by itself, or was closed
    pause.shown(True)
    pause.shown(True)  # the second one made room
    assert (pause.paused, began) == (False, [])
    pause.left()
    assert (pause.paused, began) == (True, [3])


def test_an_offer_that_is_used_begins_the_count_anew() -> None:
    pause, began = pause_after(2)
    for _ in range(5):
        pause.shown(True)
        pause.left()
        pause.shown(True)
        pause.used()
    assert (pause.paused, began) == (False, [])


def test_one_that_is_called_from_the_menu_after_it_left_counts_as_used() -> None:
    pause, _ = pause_after(2)
    pause.shown(True)
    pause.left()
    pause.used()
    pause.shown(True)
    pause.left()
    assert not pause.paused


def test_an_offer_leaves_once() -> None:
    pause, _ = pause_after(2)
    pause.shown(True)
    pause.left()
    pause.left()
    assert not pause.paused


def test_offers_that_somebody_asked_for_do_not_count() -> None:
    pause, _ = pause_after(1)
    for _ in range(3):
        pause.shown(False)
        pause.left()
    assert not pause.paused


def test_resuming_counts_from_the_start() -> None:
    pause, began = pause_after(2)
    changes: list[bool] = []
    pause.changed.connect(lambda: changes.append(pause.paused))
    for _ in range(2):
        pause.shown(True)
        pause.left()
    pause.resume()
    pause.resume()
    pause.shown(True)
    pause.left()
    assert (changes, began, pause.paused) == ([True, False], [2], False)


@pytest.mark.parametrize("locked", [(), ("clipboard.watch",)])
def test_it_can_be_off_and_never_stands_against_the_policy(locked: tuple[str, ...]) -> None:
    pause, began = pause_after(1 if locked else 0, *locked)
    for _ in range(20):
        pause.shown(True)
        pause.left()
    assert (pause.paused, began) == (False, [])
