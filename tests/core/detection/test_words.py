import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ringbridge
from ringbridge.core.detection.words import (
    QUESTIONS,
    Meaning,
    asks,
    fold,
    is_extension,
    is_unit,
    meaning_of,
    word_after,
)

FOLDER = Path(ringbridge.__file__).parent / "core/detection/words"
FILES = sorted(FOLDER.rglob("*.txt"))
SECTIONS = {meaning.value for meaning in Meaning} | {QUESTIONS}


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Tel", Meaning.PHONE),
        ("Telefonnummer", Meaning.PHONE),
        ("Rechnungsnummer", Meaning.IDENTIFIER),
        ("Ordrenr", Meaning.IDENTIFIER),
        ("phoneNumber", Meaning.PHONE),
        ("orderId", Meaning.IDENTIFIER),
        ("Réf", Meaning.IDENTIFIER),
        ('ת"ז', Meaning.IDENTIFIER),
        ("לטלפון", Meaning.PHONE),
        ("מס'", Meaning.SHORT_NUMBER),
        ("للاتصال", Meaning.PHONE),
        ("заказа", Meaning.IDENTIFIER),
        ("订单号", Meaning.IDENTIFIER),
        ("师傅的手机是", Meaning.MOBILE),
        ("書類番号", Meaning.IDENTIFIER),
        ("契約者ID", Meaning.IDENTIFIER),
        ("顧客No", Meaning.IDENTIFIER),
        ("電話No", Meaning.PHONE),
        ("သင့်ပါဆယ်အမှတ်", Meaning.IDENTIFIER),
        ("電話番号", Meaning.PHONE),
        ("문서번호", Meaning.IDENTIFIER),
        ("연락처는", Meaning.PHONE),
        ("หมายเลขคำสั่งซื้อ", Meaning.IDENTIFIER),
        ("Dana's", Meaning.POSSESSIVE),
        ("d'urgence", Meaning.PLACE),
        ("the", Meaning.FILLER),
        ("is", Meaning.COPULA),
        ("đồng", Meaning.CURRENCY),
        ("PO", Meaning.IDENTIFIER),
        ("zorbo", None),
        ("קקקקקק", None),
        ("ككككك", None),
        ("한글날", None),
    ],
)
def test_a_word_says_what_the_number_beside_it_is(word: str, meaning: Meaning | None) -> None:
    assert meaning_of(word) is meaning


def test_what_announces_an_extension_may_mean_something_else_elsewhere() -> None:
    assert is_extension("linka")
    assert is_extension("שלוחה")
    assert is_extension("ושלוחה")
    assert not is_extension("mobile")


@pytest.mark.parametrize("word", ["questions", "Rückfragen", "вопросам", "kysymyksiä"])
def test_some_words_say_what_people_call_about(word: str) -> None:
    assert asks(word)
    assert not asks("invoice")


def test_units_follow_digits() -> None:
    assert is_unit("km")
    assert not is_unit("L")
    assert not is_unit("")
    assert word_after("5 km away", 1) == "km"
    assert word_after("5  km", 1) == ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_list_has_known_sections_and_words_that_can_be_found(path: Path) -> None:
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line[1:-1]
            assert section in SECTIONS
            continue
        if line.startswith("#"):
            continue
        assert section, line
        for word in line.split():
            bare = word.strip("*")
            assert bare, line
            latin = bare[0] < "\u0370" or "\u1e00" <= bare[0] <= "\u1eff"
            assert latin == (path.parent.name == "latin"), f"{path.name}: {word} is looked for in the other folder"
            if "*" in word and path.stem != "vi" and not any(map(str.isupper, bare)):
                assert fold(bare) == bare, f"{path.name}: {word} would never be found"


def test_there_are_lists_for_the_languages_of_most_numbers() -> None:
    wanted = [
        "en",
        "he",
        "ar",
        "ru",
        "de",
        "fr",
        "es",
        "pt",
        "it",
        "nl",
        "pl",
        "tr",
        "zh",
        "ja",
        "ko",
        "hi",
        "sv",
        "da",
        "no",
        "fi",
        "cs",
        "hu",
        "el",
        "ro",
        "uk",
        "th",
        "vi",
        "id",
        "bg",
    ]
    assert set(wanted) <= {path.stem for path in FILES}


def test_the_lists_are_found_beside_an_installed_package(tmp_path: Path) -> None:
    """As in a wheel: the package somewhere else, nothing of the checkout in sight."""
    package = tmp_path / "ringbridge"
    shutil.copytree(Path(ringbridge.__file__).parent / "core", package / "core")
    shutil.copy(ringbridge.__file__, package)
    code = (
        "from ringbridge.core.detection import find_numbers; "
        "print(find_numbers('Order 2125550142, Tel 2125550143', 'US'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "+12125550143" in done.stdout
    assert "+12125550142" not in done.stdout


def test_what_is_packed_into_the_wheel_takes_the_lists_along() -> None:
    """hatchling packs every file of the package that git does not ignore."""
    root = Path(__file__).parents[3]
    ignored = (root / ".gitignore").read_text(encoding="utf-8")
    assert 'packages = ["app/ringbridge"]' in (root / "pyproject.toml").read_text(encoding="utf-8")
    assert "*.txt" not in ignored
    assert "words" not in ignored
