"""The numbering plans of `phonenumbers`, asked for digits: which valid number they are, and of what kind.

`phonenumbers.parse` takes strings apart, which takes 20 µs a try; here the digits are known already, and trying many
cuts of a run must cost little. The answers are those of `parse` and `is_valid_number` (held to them by a test).
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

import phonenumbers.data
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

from ringbridge.core.number_kinds import NumberKind

_REGIONS_OF: dict[int, tuple[str, ...]] = phonenumbers.data._COUNTRY_CODE_TO_REGION_CODE  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - see below
"""Regions of each country code, the main one first. Its public name is in a module that takes 3 ms to load."""

_NO_REGION = "001"
_MIN_NATIONAL, _MAX_NATIONAL = 2, 17
_MOST_DIGITS = 20
_VARIES = 4
_OTHER_LENGTHS = {(1, 7): ("CA",)}
"""Regions with numbers of a length that the main region of their country code has not: a look at all of them would
load two dozen plans in North America."""
_KINDS = (
    ("premium_rate", NumberKind.PREMIUM),
    ("toll_free", NumberKind.TOLL_FREE),
    ("shared_cost", NumberKind.SHARED_COST),
    ("voip", NumberKind.VOIP),
    ("personal_number", NumberKind.OTHER),
    ("pager", NumberKind.OTHER),
    ("uan", NumberKind.OTHER),
    ("voicemail", NumberKind.OTHER),
)


class PlanNumber(NamedTuple):
    """A valid number, as its numbering plan sees it.

    Attributes:
        e164: The number in E.164 form.
        national: Its national significant number.
        country_code: Of 1 to 3 digits.
        region: Two letters of ISO 3166, or empty for a number of no country.
        kind: What it is.
        groups: How long the groups are in which the plan writes the national number; one group where it says nothing.
        needs_prefix: At home, this number is always written with its national prefix.
        may_be_longer: The plan knows numbers of this kind with more digits.
        written: It was read with a national prefix in front.
        varies: Numbers of this plan and kind differ in length by four digits and more.
    """

    e164: str
    national: str
    country_code: int
    region: str
    kind: NumberKind
    groups: tuple[int, ...]
    needs_prefix: bool
    may_be_longer: bool
    written: bool
    varies: bool


class _Description:
    """One set of numbers of a plan; its pattern is compiled when a number of a possible length comes."""

    __slots__ = ("_match", "_pattern", "lengths")

    def __init__(self, pattern: str | None, lengths: tuple[int, ...]) -> None:
        self._pattern = pattern
        self._match = None
        self.lengths = frozenset(lengths)

    def holds(self, national: str) -> bool:
        if self.lengths and len(national) not in self.lengths:
            return False
        return self.matches(national)

    def matches(self, national: str) -> bool:
        """Whether the pattern alone fits, whatever the possible lengths say."""
        match = self._match
        if match is None:
            if not self._pattern:
                return False
            match = self._match = re.compile(self._pattern).fullmatch
        return match(national) is not None


def _description(metadata: PhoneMetadata, name: str) -> _Description | None:
    found = getattr(metadata, name)
    if found is None or not found.national_number_pattern:
        return None
    return _Description(found.national_number_pattern, tuple(found.possible_length))


class _Plan:
    """The plan of one region."""

    def __init__(self, metadata: PhoneMetadata) -> None:
        self.country_code = int(metadata.country_code or 0)
        self._metadata = metadata
        general = metadata.general_desc or PhoneNumberDesc()
        self.general = _Description(general.national_number_pattern, tuple(general.possible_length))
        self._kinds = [
            (description, kind) for name, kind in _KINDS if (description := _description(metadata, name)) is not None
        ]
        self._fixed = _description(metadata, "fixed_line")
        self._mobile = _description(metadata, "mobile")
        self._same = bool(metadata.same_mobile_and_fixed_line_pattern)
        self._by_length: dict[int, list[tuple[_Description, NumberKind]]] = {}
        self._local_lengths = frozenset(general.possible_length_local_only)
        prefix = metadata.national_prefix_for_parsing
        self._prefix = re.compile(prefix) if prefix else None
        self._transform = metadata.national_prefix_transform_rule or ""
        self.leading = re.compile(metadata.leading_digits) if metadata.leading_digits else None
        idd = metadata.international_prefix
        self.idd = re.compile(idd) if idd and idd != "NonMatch" else None
        self._formats: list[tuple[re.Pattern[str] | None, re.Pattern[str], bool]] | None = None

    def kind(self, national: str) -> NumberKind | None:
        """None for an invalid number."""
        if not self.general.holds(national):
            return None
        length = len(national)
        kinds = self._by_length.get(length)
        if kinds is None:
            kinds = self._by_length[length] = [
                (one, kind) for one, kind in self._kinds if not one.lengths or length in one.lengths
            ]
        for description, kind in kinds:
            if description.matches(national):
                return kind
        if self._fixed is not None and self._fixed.holds(national):
            both = self._same or (self._mobile is not None and self._mobile.holds(national))
            return NumberKind.FIXED_OR_MOBILE if both else NumberKind.FIXED
        if not self._same and self._mobile is not None and self._mobile.holds(national):
            return NumberKind.MOBILE
        return None

    def strip_prefix(self, national: str) -> str:
        """Without the national prefix, where what is left may be a number (as `phonenumbers.parse` decides it)."""
        match = self._prefix.match(national) if self._prefix is not None else None
        if match is None:
            return national
        groups = match.groups()
        if not self._transform or groups[-1] is None:
            rest = national[match.end() :]
        else:
            rest = match.expand(self._transform) + national[match.end() :]
        if self.general.matches(national) and not self.general.matches(rest):
            return national
        lengths = self.general.lengths
        if len(rest) in self._local_lengths or len(rest) < min(lengths):
            return national
        return rest if len(rest) in lengths or len(rest) > max(lengths) else national

    def written(self, national: str) -> tuple[tuple[int, ...], bool]:
        """The lengths of the groups it is written in, and whether the national prefix always stands in front."""
        if self._formats is None:
            self._formats = [
                (
                    re.compile(item.leading_digits_pattern[-1]) if item.leading_digits_pattern else None,
                    re.compile(item.pattern or ""),
                    any(map(str.isdecimal, (item.national_prefix_formatting_rule or "").replace("\\1", "")))
                    and not item.national_prefix_optional_when_formatting,
                )
                for item in self._metadata.number_format
            ]
        for leading, pattern, needs_prefix in self._formats:
            if leading is None or leading.match(national):
                match = pattern.fullmatch(national)
                if match is not None:
                    return tuple([end - start for start, end in match.regs[1:] if end > start]), needs_prefix
        return (len(national),), False

    def lengths(self, kind: NumberKind) -> tuple[int, int]:
        """How many digits numbers of this kind have at least and at most."""
        chosen = self._mobile if kind is NumberKind.MOBILE else self._fixed
        lengths = (chosen.lengths if chosen is not None else None) or self.general.lengths
        return min(lengths, default=0), max(lengths, default=0)


@cache
def _plan(country_code: int, region: str) -> _Plan | None:
    if region == _NO_REGION:
        metadata = PhoneMetadata.metadata_for_nongeo_region(country_code, None)
    else:
        metadata = PhoneMetadata.metadata_for_region(region, None)
    return None if metadata is None else _Plan(metadata)


def _plan_of(region: str) -> _Plan | None:
    return _plan(0, region) if len(region) == 2 else None


@lru_cache(maxsize=4096)
def read_international(digits: str) -> PlanNumber | None:
    """The valid number that digits after a ``+`` are, or None.

    Args:
        digits: ASCII digits, country code first; a national prefix behind it is dropped as the writer meant it.
    """
    if not 5 <= len(digits) <= _MOST_DIGITS or digits[0] == "0":
        return None
    for length in (1, 2, 3):
        country_code = int(digits[:length])
        if country_code in _REGIONS_OF:
            return _read(country_code, digits[length:], None)
    return None


@lru_cache(maxsize=8192)
def read_national(digits: str, region: str) -> PlanNumber | None:
    """The valid number that digits are when dialed in `region`, or None; neither IDD prefix nor country code is read.

    Args:
        digits: ASCII digits, with or without the national prefix.
        region: Two letters of ISO 3166.
    """
    plan = _plan_of(region)
    if plan is None or not 3 <= len(digits) <= _MOST_DIGITS:
        return None
    return _read(plan.country_code, digits, plan)


@lru_cache(maxsize=1024)
def read_dialed_abroad(digits: str, region: str) -> PlanNumber | None:
    """The valid number behind the prefix that calls abroad in `region` (``00``, ``011`` …), or None."""
    plan = _plan_of(region)
    match = plan.idd.match(digits) if plan is not None and plan.idd is not None else None
    return None if match is None else read_international(digits[match.end() :])


def country_code_of(region: str) -> str:
    """The country code of `region` as digits; empty for an unknown region."""
    plan = _plan_of(region)
    return "" if plan is None else str(plan.country_code)


def _read(country_code: int, rest: str, plan: _Plan | None) -> PlanNumber | None:
    regions = _REGIONS_OF[country_code]
    main = _plan(country_code, regions[0])
    if main is None:
        return None
    national = (plan or main).strip_prefix(rest)
    if not _MIN_NATIONAL <= len(national) <= _MAX_NATIONAL:
        return None
    if len(national) not in main.general.lengths:
        regions = _OTHER_LENGTHS.get((country_code, len(national)), ())
    region, kind = _region_and_kind(country_code, national, regions)
    if kind is None:
        return None
    groups, needs_prefix = main.written(national)
    shortest, longest = main.lengths(kind)
    return PlanNumber(
        f"+{country_code}{national}",
        national,
        country_code,
        "" if region == _NO_REGION else region,
        kind,
        groups,
        needs_prefix,
        longest > len(national),
        len(national) < len(rest) or not rest.endswith(national),
        longest - shortest >= _VARIES,
    )


class _Shared:
    """The regions that share a country code, by the leading digits of their numbers."""

    def __init__(self, country_code: int, regions: tuple[str, ...]) -> None:
        self.undivided: list[tuple[int, str, _Plan]] = []
        """Regions without leading digits of their own, each with its rank."""

        self.divided: dict[int, tuple[int, str, _Plan]] = {}
        """The others, by the group of `leading` that holds their leading digits."""

        leading: list[str] = []
        groups = 0
        for rank, region in enumerate(regions):
            own = _plan(country_code, region)
            if own is None:
                continue
            if own.leading is None:
                self.undivided.append((rank, region, own))
            else:
                groups += own.leading.groups + 1
                leading.append(f"(?:{own.leading.pattern})()")
                self.divided[groups] = rank, region, own
        self.leading = re.compile("|".join(leading)) if leading else None


@cache
def _shared(country_code: int, regions: tuple[str, ...]) -> _Shared:
    return _Shared(country_code, regions)


def _region_and_kind(country_code: int, national: str, regions: tuple[str, ...]) -> tuple[str, NumberKind | None]:
    """The first region whose leading digits or whole plan fit, as `phonenumbers.region_code_for_number` finds it."""
    if len(regions) == 1:
        own = _plan(country_code, regions[0])
        kind = None if own is None else own.kind(national)
        return ("", None) if kind is None else (regions[0], kind)
    if not regions:
        return "", None
    shared = _shared(country_code, regions)
    match = shared.leading.match(national) if shared.leading is not None else None
    led = shared.divided[match.lastindex or 0] if match is not None else None
    for rank, region, own in shared.undivided:
        if led is not None and rank > led[0]:
            break
        kind = own.kind(national)
        if kind is not None:
            return region, kind
    return ("", None) if led is None else (led[1], led[2].kind(national))
