"""The layout of a run of digits, whatever digits: its groups, what stands between, and which may be a number."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from ringbridge.core.detection.patterns import late_pattern

MIN_DIGITS, MAX_DIGITS = 6, 19
_MOST_GROUPS = 9
_SPELLED = range(9, 15)
_YEAR = 4
_MOST_KEPT = 40
"""Characters of a run whose layout is kept, so that a bounded number of answers also takes bounded room."""

SEAM = "|"
_GROUP = late_pattern(r"1+")


class Glue(NamedTuple):
    """What stands between two groups.

    Attributes:
        joins: The groups may belong to one number.
        cuts: A number may end before it, and another begin behind it.
        name: What it is, to compare.
    """

    joins: bool
    cuts: bool
    name: str


_PLAIN_GLUES = {
    "": Glue(joins=True, cuts=False, name="-"),
    " ": Glue(joins=True, cuts=True, name=" "),
    "  ": Glue(joins=True, cuts=True, name="  "),
    "-": Glue(joins=True, cuts=False, name="-"),
    "--": Glue(joins=True, cuts=False, name="-"),
    ".": Glue(joins=True, cuts=False, name="."),
    "/": Glue(joins=True, cuts=True, name="/"),
    "//": Glue(joins=True, cuts=True, name="/"),
    " - ": Glue(joins=True, cuts=True, name=" - "),
    "- ": Glue(joins=True, cuts=True, name=" - "),
    " -": Glue(joins=True, cuts=True, name=" - "),
    " / ": Glue(joins=True, cuts=True, name="/"),
    "/ ": Glue(joins=True, cuts=True, name="/"),
    " /": Glue(joins=True, cuts=True, name="/"),
    " . ": Glue(joins=True, cuts=True, name=" . "),
    " • ": Glue(joins=True, cuts=True, name=" • "),
    "•": Glue(joins=True, cuts=True, name=" • "),
    "—": Glue(joins=True, cuts=True, name="—"),
    " — ": Glue(joins=True, cuts=True, name="—"),
    "_": Glue(joins=True, cuts=False, name="_"),
    "~": Glue(joins=True, cuts=False, name="~"),
    "*": Glue(joins=True, cuts=False, name="*"),
    ". ": Glue(joins=True, cuts=True, name=". "),
    " .": Glue(joins=True, cuts=True, name=". "),
    "...": Glue(joins=True, cuts=True, name="..."),
}
_REPEATED = {
    "//": "/",
    "-/": "/",
    "/-": "/",
    "--": " - ",
    "---": " - ",
    "- -": " - ",
    "~": "~",
    "_": "_",
    ".-": "-",
    "-.": "-",
}
"""Signs people double or mix, with or without blanks around."""

_OPENING = late_pattern(r"[ \-/.]{0,3}[(\[]")
_CLOSING = late_pattern(r" ?[)\]] ?[\-/.]? ?")
_AROUND = late_pattern(r"[)\]][ \-/.]?[(\[]")


@lru_cache(maxsize=512)
def glue_of(gap: str) -> Glue:
    """What the signs between two groups are."""
    plain = _PLAIN_GLUES.get(gap)
    if plain is not None:
        return plain
    signs = gap.strip(" ")
    if signs in _REPEATED and len(gap) - len(signs) <= 2:
        return Glue(joins=True, cuts=" " in gap or "/" in signs, name=_REPEATED[signs])
    if _CLOSING.fullmatch(gap):
        return Glue(joins=True, cuts=" " in gap, name=")")
    if _OPENING.fullmatch(gap):
        return Glue(joins=True, cuts=True, name="(")
    return Glue(joins=bool(_AROUND.fullmatch(gap)), cuts=True, name=")(")


class Try(NamedTuple):
    """Some groups in a row that have enough digits for a number, and may begin and end one.

    Attributes:
        first: The first group.
        last: The last group.
        begin: Where its digits begin among the digits of the run.
        end: Where they end.
        loose: Only a hyphen stands behind, so that what follows must be an extension.
    """

    first: int
    last: int
    begin: int
    end: int
    loose: bool


class Layout(NamedTuple):
    """How a run is written.

    Attributes:
        groups: Where each group begins and ends, from the begin of the run.
        glues: What stands between them, one less than there are groups.
        names: Of the glues.
        lengths: Of the groups.
        offsets: Where each group begins among the digits of the run, and where the last one ends.
        dated: Some groups have the lengths of a date, a range of years or "24/7".
        spelled: It may be one number, written digit by digit.
        tries: For each part whose groups are joined its first group, the one behind its last, and its tries; None in
            a long run, where `tries_of` makes them one by one.
    """

    groups: tuple[tuple[int, int], ...]
    glues: tuple[Glue, ...]
    names: tuple[str, ...]
    lengths: tuple[int, ...]
    offsets: tuple[int, ...]
    dated: bool
    spelled: bool
    tries: tuple[tuple[int, int, tuple[Try, ...]], ...] | None


def layout_of(shape: str) -> Layout:
    """The layout of a run.

    Args:
        shape: The run with 1 for every digit, and a `SEAM` between two where an invisible mark stood.
    """
    return _kept_layout(shape) if len(shape) <= _MOST_KEPT else _layout(shape)


def tries_of(layout: Layout, first: int, end: int) -> Iterator[Try]:
    """The tries of groups `first` to before `end`."""
    glues, offsets = layout.glues, layout.offsets
    for i in range(first, end):
        if i > first and not glues[i - 1].cuts:
            continue
        for j in range(i, min(i + _MOST_GROUPS, end)):
            digits = offsets[j + 1] - offsets[i]
            if digits > MAX_DIGITS:
                break
            cuts = j == end - 1 or glues[j].cuts
            if digits >= MIN_DIGITS and (cuts or (j == end - 2 and glues[j].name == "-")):
                yield Try(i, j, offsets[i], offsets[j + 1], not cuts)


def _layout(shape: str) -> Layout:
    groups: list[tuple[int, int]] = []
    seams = 0
    for match in _GROUP.finditer(shape):
        start, end = match.span()
        seams += shape[start - 1 : start] == SEAM
        groups.append((start - seams, end - seams))
    shape = shape.replace(SEAM, "")
    glues = tuple([glue_of(shape[before[1] : after[0]]) for before, after in pairwise(groups)])
    names = tuple([glue.name for glue in glues])
    lengths = tuple([end - start for start, end in groups])
    layout = Layout(
        groups=tuple(groups),
        glues=glues,
        names=names,
        lengths=lengths,
        offsets=tuple(accumulate(lengths, initial=0)),
        dated=_is_dated(lengths, names),
        spelled=len(lengths) in _SPELLED and set(lengths) == {1} and all(glue.joins for glue in glues),
        tries=None,
    )
    if len(shape) > _MOST_KEPT:
        return layout
    ends = [*(k + 1 for k, glue in enumerate(glues) if not glue.joins), len(groups)]
    parts = [(first, end, tuple(tries_of(layout, first, end))) for first, end in zip([0, *ends], ends, strict=False)]
    return layout._replace(tries=tuple(parts))


_kept_layout = lru_cache(maxsize=1024)(_layout)


def _is_dated(lengths: tuple[int, ...], names: tuple[str, ...]) -> bool:
    return any(
        (name == "/" and (first, second) == (2, 1)) or (name in {"-", " - ", "/"} and first == second == _YEAR)
        for name, (first, second) in zip(names, pairwise(lengths), strict=True)
    ) or any(
        1 <= second <= 2 and first <= _YEAR and third <= _YEAR
        for first, second, third in zip(lengths, lengths[1:], lengths[2:], strict=False)
    )
