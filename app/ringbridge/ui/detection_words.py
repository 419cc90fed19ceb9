"""Why the detector reads digits as it does, in a few words for a person. No Qt."""

from ringbridge.ui.translation import fill, tr


def detector_word(reason: str) -> str:
    """A reason of `ringbridge.core.detection`, in words; empty for one that has none.

    Args:
        reason: A code; behind a colon the word of the text, or the rule, that made the difference.
    """
    code, _, detail = reason.partition(":")
    if code == "veto":
        return _veto_word(detail)
    if code.startswith(("label_left_", "label_right_")):
        return _label_word(code, detail)
    template = _plain_words().get(code, "")
    return fill(template, word=detail) if detail else template


def _plain_words() -> dict[str, str]:
    return {
        "written_plus": tr("written with + and a country code"),
        "written_abroad": tr("written with the prefix for calls abroad"),
        "written_home": tr("written as at home"),
        "written_code": tr("written with a country code without +"),
        "usual_groups": tr("grouped as usual there"),
        "own_groups": tr("grouped in its own way"),
        "one_run": tr("digits in one piece"),
        "has_extension": tr("with an extension"),
        "alone": tr("nothing else in the text"),
        "beside_name": tr("beside a name"),
        "left_over": tr("other digits stand beside it"),
        "may_go_on": tr("digits behind it may belong to it"),
        "may_be_identity_number": tr("it could be an identity number"),
        "code_around": tr("signs of program code stand around it"),
        "like_the_one_before": tr("it goes on with what stands before it, which is no phone number"),
        "row_with_hours": tr("a row with opening hours"),
        "unit": tr("“{word}” beside it says that it counts something"),
        "label_fax": tr("“{word}” says fax"),
        "carried_by_link": tr("from a link"),
        "letters_for_digits": tr("letters stand for digits"),
        "code": tr("an extension or a code"),
        "emergency": tr("an emergency number"),
        "one_number": tr("the only number in the text"),
        "several_numbers": tr("several numbers in the text"),
        "no_number": tr("no number in the text"),
    }


def _label_word(code: str, word: str) -> str:
    says = {
        "phone": tr("phone"),
        "mobile": tr("mobile phone"),
        "place": tr("whom to call"),
        "number": tr("number"),
        "abbreviation": tr("number"),
        "extension": tr("extension"),
        "identifier": tr("something other than a phone"),
        "party": tr("customer or account"),
        "amount": tr("an amount"),
    }.get(code.rpartition("_")[2], "")
    if not says:
        return ""
    if not word:
        return fill(tr("a word beside it says: {says}"), says=says)
    before = code.startswith("label_left_")
    template = tr("“{word}” before it says: {says}") if before else tr("“{word}” behind it says: {says}")
    return fill(template, word=word, says=says)


def _veto_word(rule: str) -> str:
    return {
        "iban": tr("part of a bank account number"),
        "dotted": tr("looks like an internet address or a version"),
        "times": tr("looks like times or days"),
        "identity": tr("written as identity numbers are"),
        "postcode": tr("written as a postcode"),
        "timestamp": tr("looks like a date"),
        "counted": tr("the digits only count up or repeat"),
        "card": tr("looks like a card, device or article number"),
        "even_list": tr("part of a longer list of digits"),
        "glued": tr("letters, digits or signs are joined to it"),
        "masked": tr("some of its digits are hidden"),
        "unfinished": tr("its end is missing"),
        "decimal": tr("part of a decimal number"),
        "maths": tr("part of a calculation"),
        "code": tr("part of program code"),
        "call": tr("stands in program code"),
        "url": tr("part of a web address"),
        "mail": tr("part of a mail address"),
        "path": tr("part of a path"),
        "file": tr("part of a file name"),
        "unit": tr("an amount of money or a percentage"),
    }.get(rule, "")
