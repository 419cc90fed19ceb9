import pytest

from ringbridge.core.detection import find_numbers
from ringbridge.core.detection.detect import judged
from ringbridge.core.detection.normalise import make_plain
from ringbridge.core.detection.vetoes import is_article, is_israeli_id, luhn


def reasons(text: str, region: str) -> list[str]:
    return [reason for item in judged(make_plain(text).text, region) for reason in item.verdict.reasons]


@pytest.mark.parametrize(
    ("text", "region", "veto"),
    [
        ("FR14 2004 0612 3456 7812 3456 606", "FR", ""),
        ("030 23125417 978-3-16-148410-0", "DE", ""),
        ("10.212.55.143", "DE", ""),
        ("08.00-12.00", "GB", ""),
        ("111.444.777-35", "BR", ""),
        ("02110-1301", "DE", "postcode"),
        ("20230514", "DK", "timestamp"),
        ("01 02 03 04 05", "FR", "counted"),
        ("id_2125550142", "US", "glued"),
        ("a2125550142", "US", "glued"),
        ("212-555-0142a", "US", "glued"),
        ("3+4155552671", "US", ""),
        ("x = +14155552671", "US", "maths"),
        ("$212-555-0142", "US", "glued"),
        ("5,212-555-0142", "US", "decimal"),
        ("212-555-0142,5", "US", "decimal"),
        ("212-555-0142-7", "US", ""),
        ("212-555-0142.pdf", "US", "file"),
        ("212-555-0142-chair", "US", "glued"),
        ("212-555-01**", "US", ""),
        ("212-555-0142 **", "US", "masked"),
        ("xxx-212-555-0142", "US", "glued"),
        ("** 212-555-0142", "US", "masked"),
        ("**212-555-0142", "US", "masked"),
        ("030 23125417…", "DE", "unfinished"),
        ("f(2125550142)", "US", "call"),
        ("a==2125550142", "US", "code"),
        ("https://x.org/2125550142", "US", "glued"),
        ("https://x.org/?q=2125550142", "US", "url"),
        ("2125550142@x.org", "US", "glued"),
        ("212.555.0142.x@y.org", "US", ""),
        ("a.212-555-0142.b@y.org", "US", ""),
        ("C:\\2125550142", "US", ""),
        ("/home/212-555-0142/", "US", "path"),
        ("212-555-0142 €", "US", "unit"),
        ("€ 212-555-0142", "US", "unit"),
    ],
)
def test_what_is_no_number_is_known_for_what_it_is(text: str, region: str, veto: str) -> None:
    if veto:
        assert f"veto:{veto}" in reasons(text, region)
    if text != "030 23125417 978-3-16-148410-0":
        assert find_numbers(text, region) == ()


def test_a_phone_label_outweighs_mere_looks() -> None:
    (found,) = find_numbers("Tlf. 32.12.34.56", "DK")
    assert found.e164 == "+4532123456"


def test_check_digits() -> None:
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
    assert is_article("9783161484100")
    assert not is_article("978316148410")
    assert is_israeli_id("036123487") is luhn("036123487")
    assert not is_israeli_id("12345678")
