import pytest

from ringbridge.core.detection.labels import label_after, label_before, word_before
from ringbridge.core.detection.walk import walk_left
from ringbridge.core.detection.words import Meaning


@pytest.mark.parametrize(
    ("left", "meaning"),
    [
        ("Tel. ", Meaning.PHONE),
        ("call me on ", Meaning.PHONE),
        ("Order by phone: ", Meaning.PHONE),
        ("phone order ", Meaning.IDENTIFIER),
        ("your order. ", None),
        ("Order! ", None),
        ("Kundennr. ", Meaning.IDENTIFIER),
        ("tel./fax ", Meaning.PHONE),
        ("fax ", Meaning.FAX),
        ("Réf. client : ", Meaning.IDENTIFIER),
        ("Numéro client ", Meaning.PARTY),
        ("Nr licznika ", Meaning.IDENTIFIER),
        ("Zorbo no. ", Meaning.SHORT_NUMBER),
        ("Nr zorbo ", Meaning.SHORT_NUMBER),
        ("my number is ", Meaning.NUMBER),
        ("# ", Meaning.SHORT_NUMBER),
        ("T ", Meaning.PHONE),
        ("| F: ", Meaning.FAX),
        ("📱 ", Meaning.MOBILE),
        ("a b c d e f g h i j k l zorbo zorbo zorbo zorbo zorbo zorbo zorbo zorbo zorbo zorbo ", None),
        ("", None),
    ],
)
def test_the_nearest_telling_word_on_the_left_is_the_label(left: str, meaning: Meaning | None) -> None:
    assert walk_left(left).meaning is meaning


def test_a_label_knows_how_far_and_how_sure_it_is() -> None:
    label = walk_left("Order for Smith, ")
    assert (label.meaning, label.distance, label.apart) == (Meaning.IDENTIFIER, 1, True)
    label = walk_left("Tel 12 ")
    assert label.behind_number
    assert walk_left("Zorbo no. ").owned
    assert walk_left("Customer no. ").numbered


@pytest.mark.parametrize(
    ("plain", "meaning"),
    [
        ('{"phone": "§', Meaning.PHONE),
        ('{"order_id": §', Meaning.IDENTIFIER),
        ("order ref; TICKET = §", Meaning.IDENTIFIER),
        ("<tel>§", Meaning.PHONE),
        ("<phone>1</phone><b>§", None),
        ("<facture numero='§", Meaning.IDENTIFIER),
        ("<zorbo>§", None),
        ("Phones:\n- §", Meaning.PHONE),
        ("Orders:\n\n- 12\n- §", Meaning.PARTY),
        ("A long line of prose about an order that nobody remembers, and so on and so forth:\n§", None),
        ("name,phone\nBob,§", Meaning.PHONE),
        ("name\tid\nBob\t§", Meaning.IDENTIFIER),
        ("12\n§", None),
        ("bestellung:\n  nummer: §", Meaning.IDENTIFIER),
    ],
)
def test_keys_tags_titles_and_headings_are_labels(plain: str, meaning: Meaning | None) -> None:
    at = plain.index("§")
    assert label_before(plain.replace("§", "5"), at).meaning is meaning


@pytest.mark.parametrize(
    ("right", "meaning"),
    [
        (" (fax)", Meaning.FAX),
        (" fax", Meaning.FAX),
        (" mobile, ", Meaning.MOBILE),
        (" - mobile", Meaning.MOBILE),
        (" order no.", Meaning.IDENTIFIER),
        (" is my order no", Meaning.IDENTIFIER),
        (" is the zorbo zorbo zorbo zorbo order", None),
        (" fax 212", None),
        (" order now at our shop", None),
        (". Order", None),
        (" zorbo fax", None),
        (" - order", None),
        (", order", None),
        ("", None),
        (" 12", None),
        (" (zorbo no. order)", Meaning.IDENTIFIER),
    ],
)
def test_a_label_on_the_right_counts_in_brackets_as_next_word_or_said_of_the_number(
    right: str, meaning: Meaning | None
) -> None:
    assert label_after("5" + right, 1).meaning is meaning


def test_the_word_before_stands_at_most_one_blank_away() -> None:
    assert word_before("Rs. 5", 4) == "Rs"
    assert word_before("USD 5", 4) == "USD"
    assert word_before("USD  5", 5) == ""
    assert word_before("5", 0) == ""
