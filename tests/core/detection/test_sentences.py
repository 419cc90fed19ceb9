"""Numbers in every usual form inside plain sentences of the country's language."""

import random
import re

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from ringbridge.core.detection import find_numbers
from ringbridge.core.phone_numbers import e164_of

SENTENCES = {
    "en": ("Please call {} before noon.", "Plumber {} (ask for a quote)", "Office: {}", "if nobody answers, try {}"),
    "de": ("Rufen Sie {} an.", "Meine neue Nummer ist {}, LG", "{} ist meine Handynummer", "Praxis Dr. Kern, {}"),
    "fr": ("Appelez le {} avant midi.", "n'hésitez pas : {}", "{} pour me joindre", "Mme Petit {}"),
    "es": ("Llame al {} antes del mediodía.", "Sin compromiso: {}", "Puede llamar al {}", "Tel. {}"),
    "sv": ("Ring {} före lunch.", "Numret som gäller är {}", "Du når mig på {} varje dag", "Tel {}"),
    "da": ("Ring til {} før middag.", "Du kan få fat i mig på {}", "Mit nummer er {}.", "Tlf. {}"),
    "hu": ("Hívja a {}-as számot.", "Kérem, hívja: {}", "Elérhető a {}-es telefonszámon", "Tel.: {}"),
    "pl": ("Proszę dzwonić pod {}.", "Kontakt pod numerem {}", "Gabinet: tel. {}", "zadzwoń na {} proszę"),
    "ru": ("Звоните по {} до обеда.", "Мой номер {}.", "Найдены ключи, звоните {}", "Тел. {}"),
    "tr": ("Öğleden önce {} arayın.", "{}'i arayın", "Tel: {}", "Numaram {}."),
    "he": ("תתקשרו ל-{} לפני הצהריים.", "המספר שלי {}.", "צרו קשר ב־{}", "השאירו הודעה ב-{}"),
    "ar": ("اتصل على {} قبل الظهر.", "رقمي هو {}.", "هاتف {}", "للتواصل {}"),
    "zh": ("请在中午前拨打{}。", "{}是我的新号码", "电话:{}", "请联系{}"),
    "ja": ("正午までに{}へお電話ください。", "TEL {}", "{}までご連絡ください", "お問い合わせは{}まで"),
    "ko": ("정오 전에 {}로 전화주세요.", "제 번호는 {}입니다.", "전화 {}", "문의는 {}"),
}
LANGUAGES = {
    "US": "en", "GB": "en", "AU": "en", "ZA": "en", "IE": "en", "DE": "de", "AT": "de", "CH": "de", "FR": "fr",
    "BE": "fr", "ES": "es", "MX": "es", "AR": "es", "CO": "es", "SE": "sv", "DK": "da", "HU": "hu", "PL": "pl",
    "RU": "ru", "TR": "tr", "IL": "he", "SA": "ar", "EG": "ar", "CN": "zh", "TW": "zh", "JP": "ja", "KR": "ko",
}  # fmt: skip
KINDS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE)


def forms_of(number: phonenumbers.PhoneNumber) -> set[str]:
    """The number as people write it: as its plan does, with other separators, and for calls from abroad."""
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    groups = re.findall("[0-9]+", national)
    forms = {national, international, "-".join(groups), " ".join(groups), international.replace(" ", "-")}
    forms.add(f"00{international[1:]}")
    if len(groups) > 2 and len(groups[0]) > 1:
        rest = groups[1:]
        forms |= {f"{groups[0]}/{' '.join(rest)}", f"({groups[0]}) {' '.join(rest)}", f"{groups[0]}-{' '.join(rest)}"}
    return forms


@pytest.mark.parametrize("region", LANGUAGES)
def test_a_number_in_a_plain_sentence_is_offered_in_every_usual_form(region: str) -> None:
    chance = random.Random(region)
    missed: list[tuple[str, list[str]]] = []
    total = 0
    for kind in KINDS:
        example = phonenumbers.example_number_for_type(region, kind)
        assert example is not None
        national = phonenumbers.national_significant_number(example)
        for _ in range(3):
            number = phonenumbers.parse(f"+{example.country_code}{national[:-3]}{chance.randrange(1000):03}", None)
            if not phonenumbers.is_valid_number(number):
                continue
            for form in sorted(forms_of(number)):
                for sentence in SENTENCES[LANGUAGES[region]]:
                    text = sentence.format(form)
                    found = [item.e164 for item in find_numbers(text, region)]
                    total += 1
                    if found != [e164_of(number)]:
                        missed.append((text, found))
    assert total > 100
    assert len(missed) <= total / 100, missed
