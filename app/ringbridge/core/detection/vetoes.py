"""What digits are instead of a phone number: a card, an IBAN, a decimal, part of a path, masked, unfinished."""

import re
import unicodedata
from itertools import pairwise

from ringbridge.core.detection.candidates import Cut
from ringbridge.core.detection.forms import USUAL_LENGTH
from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.plans import read_international
from ringbridge.core.detection.words import Meaning, is_unit, meaning_of, word_after

_IBAN = late_pattern(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_IBAN_HEAD = late_pattern(r"[A-Z][A-Z][0-9]{2}")
_LONGEST_IBAN = 48
_TOKEN_REACH = 160
_TOKEN_END = late_pattern(r"[\s\"<>`]")
_PHONE_SCHEME = late_pattern(
    r"(?:tel|callto|sips?|sms|smsto|mms|whatsapp|facetime|phone|mobile|fax|dial):(?://)?$", re.IGNORECASE
)
_WORD = late_pattern(r"[^\W\d_]+")
_MASK = late_pattern(r" ?[\-. ]?(?:[*●#]{2,}|[xX×]{2,}|_{2,}|-{3,})")
_MASKS = frozenset("-.*●#xX×_")
_MASK_BEFORE = late_pattern(r"(?:[*•●]{2,}|[xX]{2,}|_{2,})[\-. )]{0,2}$")
_EXTENSION_OF_FILE = late_pattern(r"\.(?:[a-z][a-z0-9]{0,4}\b(?! [a-z])|[A-Z][A-Z0-9]{2,3}\b(?![ ]))")
_QUERY = late_pattern(r"\w\.[a-z]{2,}[/?#]\S*$|\?[\w.-]+=$")
_FRAGMENT = late_pattern(r"[?#][A-Za-z][\w-]*(?:=|$)|/[\w-]+\.[a-z]{2,5}\b")
_LONG_BEFORE = late_pattern(r"[0-9][0-9 ()\-]{5,}[0-9][,/]$")
_LONG_AFTER = late_pattern(r",\+?[0-9(][0-9 \-]{4}[0-9) \-]?[0-9]{2}")
_DOTTED = 4
_MAX_OCTET = 255
_CHECKED_LENGTHS = range(13, 20)
_IMEI_LENGTH = 15
_MORE = late_pattern(r"(?: ?(?:[^\w\s+(/]|_){1,3} ?| {1,5})([1-9][0-9]{1,7})(?![0-9]|[/.][0-9]| ?[%€$£₪:])")
_NAME = late_pattern(r"[A-Z][a-z]{2,}(?![\w@.])")
_SUFFIX = late_pattern(r"-[^\W\d_A-Z]{1,5}(?![\w-])")
_SUFFIXED = frozenset(("HU", "FI", "EE", "TR"))
"""Where languages write the ending of a case behind the digits: 06 1 234 5678-as."""

_CARD_GROUPS = frozenset(((4, 6, 5), (4, 6, 4)))
_IMEI_GROUPS = frozenset(((2, 6, 6, 1), (6, 2, 6, 1), (8, 6, 1)))
_CALLED = frozenset(("me", "us", "him", "her", "them", "txt", "ring", "buzz", "hmu", "mich", "uns", "moi", "nous"))
_MATHS_BEFORE = late_pattern(r"(?:[0-9A-Za-z)\]=<>*/^%] ?|[=<>*^] )$")


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others, as on payment cards and in IMEIs (ISO/IEC 7812-1, annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit)
        if position % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def is_article(digits: str) -> bool:
    """Whether these are the 13 digits of an article or book, check digit included (GS1)."""
    if len(digits) != 13:
        return False
    return sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(digits)) % 10 == 0


def is_israeli_id(digits: str) -> bool:
    """Whether nine digits are an Israeli identity number with the right check digit."""
    if len(digits) != 9:
        return False
    return luhn(digits)


def ibans(plain: str) -> list[tuple[int, int]]:
    """Where IBANs stand (ISO 13616): two letters, two check digits, groups of four."""
    return [match.span() for match in _IBAN.finditer(plain)]


def may_be_iban(plain: str, cut: Cut) -> bool:
    """Whether an IBAN may begin in or before a reading and reach into it; costs next to nothing."""
    return _IBAN_HEAD.search(plain, max(0, cut.start - _LONGEST_IBAN), cut.end) is not None


def run_around(plain: str, start: int, end: int) -> str:
    """All digits of the run that `start` to `end` belongs to, joined over single blanks and hyphens."""
    first, last = start, end
    while first and (
        plain[first - 1].isdecimal() or (first > 1 and plain[first - 1] in " -" and plain[first - 2].isdecimal())
    ):
        first -= 1
        if start - first > 30:
            break
    while last < len(plain) and (
        plain[last].isdecimal() or (plain[last] in " -" and plain[last + 1 : last + 2].isdecimal())
    ):
        last += 1
        if last - end > 30:
            break
    return plain[first:last]


def is_card(plain: str, cut: Cut) -> bool:
    """Whether the run is a card number or IMEI: 13 to 19 digits in even groups, with the right check digit."""
    if cut.written in {"plus", "abroad"} or (not cut.left_over and len(cut.digits) < 13):
        return False
    run = run_around(plain, cut.start, cut.end)
    digits = "".join(filter(str.isdecimal, run))
    groups = tuple(len(group) for group in re.split(r"[ -]", run))
    if is_article(digits):
        return len(groups) == 1 or groups == (1, 6, 6) or digits[:3] in {"978", "979"}
    if len(digits) not in _CHECKED_LENGTHS or (digits[0] == "0" and len(digits) != _IMEI_LENGTH) or not luhn(digits):
        return False
    if groups in _IMEI_GROUPS:
        return True
    even = groups in _CARD_GROUPS or (set(groups[:-1]) == {4} and groups[-1] <= 4)
    return len(groups) == 1 or (even and digits[0] in "23456")


def is_even_list(plain: str, cut: Cut) -> bool:
    """Whether the run goes on in groups like the number's own: a table, a key, a card, bytes."""
    if not cut.left_over or cut.written == "plus":
        return False
    run = run_around(plain, cut.start, cut.end)
    before = plain.rfind(run, 0, cut.end) - 1
    if before > 0 and plain[before] in ".," and plain[before - 1].isdecimal():
        return False  # the first group is the end of a sum
    groups = re.split(r"[ \-]", run)
    if len(groups) == len(cut.lengths) + 1 and cut.number.written and run.endswith(plain[cut.start : cut.end]):
        return groups[0][:1] == "0" and len(groups[0]) == len(groups[1])  # one more number before it: a room, an hour
    lengths = {len(group) for group in groups[:-1]}
    if lengths == {4} and set(cut.lengths) == {4} and len(groups) > len(cut.lengths) + 1:
        return True
    return (
        len(lengths | {len(groups[-1])}) == 1
        and len(groups) > len(cut.lengths)
        and len(groups) % len(cut.lengths) != 0
    )


def is_dotted(cut: Cut) -> bool:
    """Whether it is an IPv4 address (RFC 791) or the number of a version."""
    if len(cut.lengths) != _DOTTED or cut.written == "plus" or set(cut.glues) != {"."}:
        return False
    digits = iter(cut.digits)
    groups = ["".join(next(digits) for _ in range(length)) for length in cut.lengths]
    return all(int(group) <= _MAX_OCTET and (group == "0" or group[0] != "0") for group in groups) or (
        max(cut.lengths[:3]) <= 2 and not cut.usual
    )


def is_times(cut: Cut) -> bool:
    """Whether it is a range of times such as 08.00-12.00, or of days."""
    return cut.written != "plus" and cut.lengths == (2, 2, 2, 2) and cut.glues in {(".", "-", "."), (".", " - ", ".")}


def is_national_id(cut: Cut) -> bool:
    """Whether it is written the way only identity and tax numbers are (CPF, CNPJ, SSN)."""
    return (
        (cut.lengths == (3, 3, 3, 2) and cut.glues == (".", ".", "-"))
        or (cut.lengths == (2, 3, 3, 4, 2) and cut.glues[:2] == (".", "."))
        or (cut.lengths in {(3, 3, 5), (2, 3, 5)} and set(cut.glues) == {"/"})
        or (cut.lengths == (3, 2, 4) and set(cut.glues) == {"-"} and not cut.number.written)
    )


def is_postcode(cut: Cut) -> bool:
    """Whether it is written as an American postcode with its four more digits (ZIP+4)."""
    return cut.written != "plus" and cut.lengths == (5, 4) and cut.glues == ("-",)


def is_timestamp(cut: Cut) -> bool:
    """Whether bare digits are a date (20230514…) or seconds since 1970."""
    if not cut.bare or cut.number.written:
        return False
    digits = cut.digits
    if len(digits) in {8, 12, 14} and "1900" <= digits[:4] <= "2039":
        return 1 <= int(digits[4:6]) <= 12 and 1 <= int(digits[6:8]) <= 31
    return False


def is_counted(cut: Cut) -> bool:
    """Whether the digits only count up or repeat: 01 02 03 04 05, 0000000000."""
    digits = cut.digits
    if digits[-1] == digits[-2] and len(set(digits)) <= 2 and len(digits) - digits.count(digits[-1]) <= 1:
        return True
    if cut.lengths and set(cut.lengths) == {2}:
        values = [int(digits[k : k + 2]) for k in range(0, len(digits), 2)]
        return len({b - a for a, b in pairwise(values)}) == 1
    return False


def attached(plain: str, cut: Cut, end: int) -> str:
    """Why the number is part of something longer, by the signs directly beside it; empty where it stands free."""
    start = cut.start
    before = plain[start - 1] if start else " "
    further = plain[start - 2] if start > 1 else " "
    after = plain[end] if end < len(plain) else " "
    beyond = plain[end + 1] if end + 1 < len(plain) else " "
    if reason := _attached_before(plain, start, end, before, further, plus=cut.written == "plus"):
        return reason
    return _attached_after(plain, cut, end, after, beyond)


def _attached_before(plain: str, start: int, end: int, before: str, further: str, *, plus: bool) -> str:
    if before.isspace():
        if plus and _MATHS_BEFORE.search(plain[max(0, start - 3) : start]) and further in "=<>*^+":
            return "maths"
        masked = further in "*•●xX_-. )" and _MASK_BEFORE.search(plain[max(0, start - 6) : start])
        return "masked" if masked else ""
    if before.isdecimal():
        return "glued"
    if before.isalpha():
        word = _last_word(plain, start)
        tagged = plain[start - len(word) - 1 : start - len(word)] in {"#", "@"}
        return "" if _may_touch(word, before) and not tagged else "glued"
    if before == "_" and not further.isalnum():
        return ""
    if before == "@" and (start < 2 or further.isspace()) and plain[start] in "+(0123456789":
        return ""  # "call me @415-555-2671"
    if before == "@" and _is_called_at(plain, start, end):
        return ""
    if before in "_@&%$€£₪¥#" or unicodedata.category(before) == "Sc":
        return "" if before == "#" and _is_phone_word(_last_word(plain, start - 1)) else "glued"
    if before == "*" and further in "*xX" and not plain.startswith("**", end):
        return "masked"
    if before == "+":
        return "maths"
    if before in ".,'" and further.isdecimal():
        return "decimal" if before != "," or not _LONG_BEFORE.search(plain[max(0, start - 20) : start]) else ""
    if before in "-/.\\~" and not further.isspace():
        if further.isdecimal():
            return "" if before == "/" and _LONG_BEFORE.search(plain[max(0, start - 20) : start]) else "glued"
        if further.isalpha():
            word = _last_word(plain, start - 1)
            if _may_touch(word, further) or (before == "-" and plain[start] in "+(") or (before == "." and plus):
                return ""
            if before == "-" and _is_name(word, plain[start:end]):
                return ""
            return "glued" if further.isascii() or before in "\\_" else ""
        if further in ".)]:'\"" or before == "-":
            return ""
        return "path"
    if before == "=" and further in "=<>!":
        return "code"
    if before in "([" and plus is False and further.isalpha() and further.isascii():
        word = _last_word(plain, start - 1)
        return "call" if not (_is_phone_word(word) or _is_name(word, plain[start:end])) else ""
    if before == ":" and further.isdecimal() and not plus:
        return "glued"
    return ""


def _attached_after(plain: str, cut: Cut, end: int, after: str, beyond: str) -> str:
    mask = _MASK.match(plain, end) if (beyond if after == " " else after) in _MASKS else None
    if mask is not None and mask[0] == "**" == plain[max(0, cut.start - 2) : cut.start]:
        return ""  # printed bold
    if mask is not None and (mask[0][0] != " " or cut.number.may_be_longer or mask[0][-1] != "x"):
        return "masked"
    if after.isspace() or not after:
        return "unfinished" if cut.number.may_be_longer and plain.startswith(("...", "…"), end + 1) else ""
    if after.isdecimal():
        return "glued"
    if after.isalpha():
        if not cut.bare and cut.usual and _NAME.match(plain, end):
            return ""  # "07471 820735Tom": a list whose line ends were lost
        return "glued" if after.isascii() or unicodedata.name(after, "").startswith("LATIN") else ""
    if after == "_" and not beyond.isalnum():
        return ""
    if after in "_@%°€£₪¥$" or unicodedata.category(after) == "Sc":
        return "glued"
    if after in "*#" and cut.written == "home" and (beyond.isdecimal() or beyond in "*#"):
        return "glued"
    if after in ".…":
        if cut.number.may_be_longer and (after == "…" or beyond == "."):
            return "unfinished"
        if beyond.isdecimal():
            return "decimal"
        if after == "." and _EXTENSION_OF_FILE.match(plain, end):
            return "file"
        return ""
    if after == "," and beyond.isdecimal():
        return "" if _LONG_AFTER.match(plain, end) or _in_table(plain, end) else "decimal"
    if after in "-/'" and beyond.isdecimal():
        return "" if after == "/" else "glued"
    if after in "-\\" and beyond.isalpha() and beyond.isascii():
        if after == "-" and cut.number.region in _SUFFIXED and _SUFFIX.match(plain, end):
            return ""
        return "glued" if not _is_extension_word(plain, end + 1) else ""
    if after == ":" and beyond.isdecimal():
        return "glued"
    return ""


def _is_called_at(plain: str, start: int, cut_end: int) -> bool:
    """Whether a verb or pronoun stands before the @ of a whole grouped number: "call me@480-555-0187"."""
    if plain[start - 1 : start] != "@" or not any(sign in plain[start:cut_end] for sign in " -.)"):
        return False
    if plain[cut_end : cut_end + 1] in {"@", "-", "_"} or re.match(r"\.?\w", plain[cut_end : cut_end + 2]):
        return False
    word = _last_word(plain, start - 1).casefold()
    return word in _CALLED or (bool(word) and meaning_of(word) in {Meaning.PHONE, Meaning.MOBILE})


def _in_table(plain: str, at: int) -> bool:
    """Whether the line is a row of at least three cells with commas between."""
    start = plain.rfind("\n", 0, at) + 1
    stop = plain.find("\n", at)
    row = plain[start : stop if stop >= 0 else len(plain)]
    return row.count(",") >= 2 and any(map(str.isalpha, row))


def _last_word(plain: str, end: int) -> str:
    left = plain[max(0, end - 30) : end]
    start = len(left)
    while start and (
        left[start - 1].isalpha() or left[start - 1] in ".'\"" or "\u0300" <= left[start - 1] <= "\u0e4e"
    ):
        start -= 1
    return left[start:].strip(".")


def _is_phone_word(word: str) -> bool:
    return (
        meaning_of(word) in {Meaning.PHONE, Meaning.MOBILE, Meaning.FAX, Meaning.NUMBER, Meaning.PLACE}
        if word
        else False
    )


def _is_name(word: str, number: str) -> bool:
    """Whether a word that touches grouped digits may be a name: "Dana(415-555-2671)"."""
    return not number.isdecimal() and word.istitle() and len(word) > 2 and meaning_of(word) is None


def _is_extension_word(plain: str, start: int) -> bool:
    match = _WORD.match(plain, start)
    return match is not None and meaning_of(match[0]) in {
        Meaning.EXTENSION,
        Meaning.PHONE,
        Meaning.MOBILE,
        Meaning.FAX,
        Meaning.PLACE,
    }


def _may_touch(word: str, last: str) -> bool:
    """Whether a number may follow this word without a blank: a phone word, or a script that writes so."""
    if not last.isascii() and not unicodedata.name(last, "").startswith(("LATIN", "CYRILLIC", "GREEK")):
        return True
    return _is_phone_word(word)


def in_address(plain: str, cut: Cut) -> str:
    """Why the token around the number is a URL, path or mail address that makes it none; empty where it is not."""
    start, end = cut.start, cut.end
    left = right = ""
    if start and _TOKEN_END.match(plain, start - 1) is None:
        left = _TOKEN_END.split(plain[max(0, start - _TOKEN_REACH) : start])[-1]
    if end < len(plain) and _TOKEN_END.match(plain, end) is None:
        right = _TOKEN_END.split(plain[end : end + _TOKEN_REACH], 1)[0]
    if not left and not right:
        return ""
    if _PHONE_SCHEME.search(left.lstrip("([{'")):
        return ""
    if "://" in left or left.lower().startswith(("www.", "mailto:", "urn:", "data:", "geo:")):
        return "url"
    if _QUERY.search(left) or _FRAGMENT.match(right):
        return "url"
    if "@" in right and re.match(r"[\w.+-]*@\w", right):
        return "mail"
    if "@" in left and re.search(r"\w@[\w.-]*$", left) and not _is_called_at(plain, start, end):
        return "mail"
    if "\\" in left or "\\" in right:
        return "path"
    if ("/" in left or "/" in right) and _is_path(left, right):
        return "path"
    if "_" in left and re.search(r"[A-Za-z0-9]_[\w.-]*$", left) and "=" not in left and ":" not in left:
        return "file"
    if re.match(r"[-_.][a-z0-9_.-]*\.[a-z]{2,5}\b", right):
        return "file"
    return ""


def _is_path(left: str, right: str) -> bool:
    if left in {"./", "~/", "../"} or re.fullmatch(r"[A-Za-z]:/+", left):
        return True
    if left.startswith(("/", "./", "~/", "../")) and left.count("/") > (0 if right.startswith("/") else 1):
        return True
    head = left.rpartition("/")[0]
    words = _WORD.findall(head)
    if words and not all(len(word) == 1 or _is_phone_word(word) or meaning_of(word) is not None for word in words):
        return True
    if "?" in left or "&" in left:
        return True
    if right.startswith("/"):
        tail = _WORD.match(right, 1)
        return tail is not None and len(tail[0]) > 1 and meaning_of(tail[0]) is None and tail[0].isascii()
    return False


def may_go_on(plain: str, cut: Cut) -> bool:
    """Whether a short number of a plan with all lengths may lack its end: digits follow behind an unusual sign."""
    number = cut.number
    match = _MORE.match(plain, cut.end) if number.may_be_longer else None
    if match is None or len(number.national) + len(match[1]) > USUAL_LENGTH:
        return False
    if is_unit(word_after(plain, match.end())):
        return False
    return read_international(number.e164[1:] + match[1]) is not None


def has_unit(plain: str, cut: Cut) -> bool:
    """Whether a unit, a currency or a percent sign follows or a currency stands before."""
    end = cut.end
    while plain[end : end + 1] in {" ", "\t"} and end - cut.end < 2:
        end += 1
    sign = plain[end : end + 1]
    if sign and (sign in "%°‰" or unicodedata.category(sign) == "Sc"):
        return not plain[end + 1 : end + 2].isdecimal() and plain[end + 1 : end + 3].strip()[:1].isdecimal() is False
    start = cut.start
    left = plain[max(0, start - 2) : start].rstrip()
    if not left or unicodedata.category(left[-1]) != "Sc":
        return False
    # "4,500 ₪ 0521234567": the sign belongs to the sum before it
    return not plain[:start].rstrip()[:-1].rstrip()[-1:].isdecimal()


def is_currency(word: str) -> bool:
    """Whether this word is a currency."""
    return bool(word) and meaning_of(word) is Meaning.CURRENCY
