"""What a function of the API is, who may call it, and in which order its checks come."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ringbridge.training.clock import Clock
from ringbridge.training.envelope import Answer, Entry, JsonValue, Row, answer
from ringbridge.training.exchange import Exchange
from ringbridge.training.parameters import Check, Parameter, Values, read_values
from ringbridge.training.people import PEOPLE_BY_NAME, Person
from ringbridge.training.scenarios import RATE_PLAN_ENDING
from ringbridge.training.states import Level
from ringbridge.training.tokens import TokenOffice


class Hold(Protocol):
    """An answer that is held back."""

    def release(self) -> None:
        """Let it go now. Any thread, safe to call twice."""
        ...

    def wait(self) -> None:
        """Block until it is let go, its time is over or the server stops."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What functions work on.

    Attributes:
        level: How much of the API there is.
        clock: The time.
        exchange: The calls.
        tokens: Login tokens.
        hold: Begins to hold an answer back for at most so many seconds.
    """

    level: Level
    clock: Clock
    exchange: Exchange
    tokens: TokenOffice
    hold: Callable[[float], Hold]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request to a function.

    Attributes:
        world: What it works on.
        raw: All its parameters as they came.
        remote: Address it came from.
        full_wait: The fault of that name strikes.
        person: Who asks, once known; `NOBODY` before, and for functions without login.
    """

    world: World
    raw: Mapping[str, str] = field(repr=False)
    remote: str
    full_wait: bool
    person: Person


NOBODY = Person(id=0, username="", password="", note="", privileges=frozenset(), forename="", surname="")

_Checks = Callable[[Ask], Mapping[str, Check]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function of the API.

    Attributes:
        path: Such as ``calls/make``.
        privileges: One of them is needed; empty: none.
        privileges_at_seed: The same for the seed level, where it differs.
        parameters: What it takes; the order decides which problem is named first.
        checks: Further checks by parameter.
        owner_check: Why the role forbids this very request (402), or empty.
        rate_plan: It places calls, so the rate plan is asked (403).
        open_to_all: Whether this request needs no login.
        run: Does it.
    """

    path: str
    privileges: frozenset[str] = frozenset()
    privileges_at_seed: frozenset[str] | None = None
    parameters: tuple[Parameter, ...] = ()
    checks: _Checks | None = None
    owner_check: Callable[[Ask], str] | None = None
    rate_plan: bool = False
    open_to_all: Callable[[Mapping[str, str]], bool] | None = None
    run: Callable[[Ask, Values], Answer]


UNKNOWN_LOGIN = answer(401, "The authentication details provided are invalid")
ROLE_FORBIDS = answer(402, "Your role does not allow this")
PLAN_FORBIDS = answer(403, "Your rate plan does not allow this")
NOT_FOUND = answer(404, "Not found")


def check_password(raw: Mapping[str, str], remote: str) -> Person | None:
    """The person a user name and password belong to, who may come from `remote`; one-time codes are not looked at."""
    person = PEOPLE_BY_NAME.get(raw.get("auth_username", ""))
    given, expected = raw.get("auth_password", ""), person.password if person else ""
    right = hmac.compare_digest(given.encode(), expected.encode()) and person is not None
    return _from_here(person, remote) if right else None


def _from_here(person: Person | None, remote: str) -> Person | None:
    return None if person is None or person.source not in {"", remote} else person


def log_in(world: World, raw: Mapping[str, str], remote: str) -> Person | None:
    """Who asks: by token where the level knows them, else by name and password; None: nobody known.

    A person with a two-step login needs a token (what real systems do then is undocumented).
    """
    token = raw.get("auth_token", "")
    if token and world.level.has(Level.V41):
        username = world.tokens.read("login", token, now=world.clock.now())
        return _from_here(PEOPLE_BY_NAME.get(username), remote)
    person = check_password(raw, remote)
    if person is not None and person.totp_secret and world.level.has(Level.V44):
        return None
    return person


def call_function(function: Function, ask: Ask) -> Answer:
    """Check one request in the order 401, 402, 403, 400, and carry it out."""
    world, raw = ask.world, ask.raw
    if not (function.open_to_all and function.open_to_all(raw)):
        person = log_in(world, raw, ask.remote)
        if person is None:
            return UNKNOWN_LOGIN
        ask = Ask(world=world, raw=raw, remote=ask.remote, full_wait=ask.full_wait, person=person)
        privileges = function.privileges
        if world.level is Level.SEED and function.privileges_at_seed is not None:
            privileges = function.privileges_at_seed
        if privileges and not privileges & person.privileges:
            return ROLE_FORBIDS
        if function.owner_check and (complaint := function.owner_check(ask)):
            return answer(402, complaint)
        if function.rate_plan and not (person.plan_allows and not raw.get("cnumber", "").endswith(RATE_PLAN_ENDING)):
            return PLAN_FORBIDS
    checks = function.checks(ask) if function.checks else None
    values, problems = read_values(function.parameters, raw, world.level, checks)
    if problems:
        return Answer(entries=tuple(Entry(code=400, key=item.key, message=item.message) for item in problems))
    return function.run(ask, values)


def customer_check(ask: Ask) -> Mapping[str, Check]:
    """The check of `customer`: the own one, for nobody here is a reseller."""

    def check(text: str, _values: Values) -> str:
        return "" if text in {"", "0", str(ask.person.customer)} else "Not a customer you may act for"

    return {"customer": check}


def whole_parameter(name: str, *, low: int = 0, default: int = 0) -> Parameter:
    """A numeric parameter without an upper bound."""
    return Parameter(name=name, whole=True, low=low, default=default)


CUSTOMER = Parameter(name="customer", whole=True)
LIST_PARAMETERS = (
    Parameter(name="count", whole=True, high=1),
    CUSTOMER,
    Parameter(name="limit", whole=True),
    Parameter(name="offset", whole=True),
    Parameter(name="pages", whole=True, high=1),
    Parameter(name="sort", since=Level.V41),
    Parameter(name="descending", whole=True, high=1, since=Level.V41),
)


def list_answer(rows: list[Row], values: Values, *, sort: str, short: tuple[str, ...]) -> Answer:
    """Answer with rows, as count, limit, offset, pages, sort and descending ask for.

    Args:
        rows: All rows the person may see.
        values: The request's.
        sort: The field that sorts when nothing else is asked for.
        short: The fields that remain with ``pages=1`` (which ones is undocumented).
    """
    if values.whole("count"):
        return answer(200, data={"count": len(rows)})
    by = values.text("sort")
    by = by if rows and by in rows[0] else sort
    rows = sorted(rows, key=lambda row: str(row[by]), reverse=bool(values.whole("descending")))
    rows = rows[values.whole("offset") :]
    if values.whole("limit"):
        rows = rows[: values.whole("limit")]
    if values.whole("pages"):
        rows = [{name: row[name] for name in short} for row in rows]
    data: list[JsonValue] = [*rows]
    return answer(200, data=data)
