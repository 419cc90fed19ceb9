"""The functions that make calls, show and end them."""

import re
from collections.abc import Mapping

from ringbridge.training.envelope import Answer, JsonValue, Row, answer
from ringbridge.training.exchange import live_legs, live_lines
from ringbridge.training.function import CUSTOMER, NOT_FOUND, Ask, Function, customer_check
from ringbridge.training.parameters import Check, Parameter, Values
from ringbridge.training.people import CALLER_IDS, CARDS, LINES_BY_NAME, RECORD_GROUPS, Person
from ringbridge.training.scenarios import NOT_DIALABLE_ENDING
from ringbridge.training.states import Call, Leg, LegPhase, Level, Order, Side

LONGEST_WAIT_S = 3600
LONGEST_DIALABLE = 32
OUTBOUND_PEER = 3

_TYPES = ("", "phone", "number", "forward", "peer", "sipuri")  # those seen as destination types elsewhere in the API


def dial_complaint(text: str, *, plus_allowed: bool = False) -> str:
    """Why `text` can't be dialed, or empty: digits, ``*`` and ``#``; ``+`` only where the dial plan is converted."""
    number = text[1:] if plus_allowed and text.startswith("+") else text
    if not re.fullmatch(r"[0-9*#]+", number) or len(number) > LONGEST_DIALABLE:
        return "Not a number that can be dialed"
    return "This number does not exist in the dial plan" if text.endswith(NOT_DIALABLE_ENDING) else ""


# ---------------------------------------------------------------------- calls/make

_FLAG_HIGH = 1
MAKE_PARAMETERS = (  # name by name the table of the page of calls/make; cdialplan came with 4.0
    Parameter(name="stype", choices=("", "phone")),
    Parameter(name="snumber", required=True),
    Parameter(name="ctype", choices=_TYPES),
    Parameter(name="cdialplan", choices=("", "auto"), since=Level.V41),
    Parameter(name="cnumber", required=True),
    Parameter(name="card"),
    CUSTOMER,
    Parameter(name="answer1", whole=True, high=_FLAG_HIGH),
    Parameter(name="answer2", whole=True, high=_FLAG_HIGH),
    Parameter(name="callerid1"),
    Parameter(name="callerid2"),
    Parameter(name="recordgroup", whole=True),
    Parameter(name="screen1", whole=True, high=_FLAG_HIGH),
    Parameter(name="screen2", whole=True, high=_FLAG_HIGH),
    Parameter(name="warn1", whole=True, high=_FLAG_HIGH, default=1),
    Parameter(name="warn2", whole=True, high=_FLAG_HIGH, default=1),
    Parameter(name="delay", whole=True, high=LONGEST_WAIT_S),
    Parameter(name="wait", whole=True, high=LONGEST_WAIT_S),
)


def _make_checks(ask: Ask) -> Mapping[str, Check]:
    customer = ask.person.customer

    def is_line(text: str) -> bool:
        return text in LINES_BY_NAME and LINES_BY_NAME[text].customer == customer

    def snumber(text: str, values: Values) -> str:
        if values.text("stype") == "phone":
            return "" if is_line(text) else "No such telephone line"
        return dial_complaint(text)

    def cnumber(text: str, values: Values) -> str:
        if values.text("ctype") == "phone":
            return "" if is_line(text) else "No such telephone line"
        return dial_complaint(text, plus_allowed=values.text("cdialplan") == "auto")

    def callerid2(text: str, _values: Values) -> str:
        strict = ask.world.level.has(Level.V41)  # the seed puts the line's own in its place
        return "Not a number of yours" if strict and text and text not in CALLER_IDS[customer] else ""

    return {
        "snumber": snumber,
        "cnumber": cnumber,
        "callerid2": callerid2,
        "card": lambda text, _values: "" if text in {"", *CARDS} else "No such card",
        "recordgroup": lambda _text, values: (
            "" if values.whole("recordgroup") in RECORD_GROUPS else "No such record group"
        ),
        **customer_check(ask),
    }


def _line_of_others(ask: Ask) -> str:
    """From 4.1 on the own line must be one's own; the seed says nothing of it, so there any of the customer does."""
    line = LINES_BY_NAME.get(ask.raw.get("snumber", ""))
    if not ask.world.level.has(Level.V41) or ask.raw.get("stype", "") != "phone" or line is None:
        return ""
    if line.customer != ask.person.customer:
        return ""  # that there is such a line is nobody's business: 400 like any unknown one
    return "" if _may_use(ask.person, frozenset({line.name})) else "This telephone line belongs to someone else"


def _may_use(person: Person, lines: frozenset[str]) -> bool:
    """Whether one of the lines is the person's, or nobody's of the same customer; administrators may use any."""
    mine = [LINES_BY_NAME[name] for name in lines if LINES_BY_NAME[name].customer == person.customer]
    return any(line.owner in {0, person.id} for line in mine) or (bool(mine) and "administrator" in person.privileges)


def _make(ask: Ask, values: Values) -> Answer:
    cnumber = values.text("cnumber")
    caller_ids = CALLER_IDS[ask.person.customer]
    order = Order(
        person=ask.person.id,
        customer=ask.person.customer,
        stype=values.text("stype"),
        snumber=values.text("snumber"),
        ctype=values.text("ctype"),
        cnumber=f"00{cnumber[1:]}" if cnumber.startswith("+") else cnumber,
        callerid1=values.text("callerid1"),
        callerid2=values.text("callerid2") if values.text("callerid2") in caller_ids else caller_ids[0],
        answer1=bool(values.whole("answer1")),
        answer2=bool(values.whole("answer2")),
        delay_s=values.whole("delay"),
    )
    exchange, wait_s = ask.world.exchange, values.whole("wait")
    if not wait_s:
        exchange.place(order, known=lambda: None)
        return answer(204)
    hold = ask.world.hold(wait_s)
    known_in_time: list[bool] = []

    def known() -> None:
        known_in_time.append(True)
        if not ask.full_wait:
            hold.release()

    callid = exchange.place(order, known=known)
    hold.wait()
    if not known_in_time or wait_s <= order.delay_s:
        return answer(204)
    call = next(call for call in exchange.calls() if call.callid == callid)
    return answer(200, data={"server": call.server, "callid": call.callid})


# ---------------------------------------------------------------------- calls/hangup, calls/redirect


def _visible(ask: Ask, call: Call | None) -> bool:
    """Whether the person may act on the call; a foreign one is answered as if it did not exist."""
    if call is None or call.order.customer != ask.person.customer:
        return False
    if call.order.person == ask.person.id or "administrator" in ask.person.privileges:
        return True
    return _may_use(ask.person, live_lines(call))


def _hang_up(ask: Ask, values: Values) -> Answer:
    callid, uniqueid = values.text("callid"), values.text("uniqueid")
    if bool(callid) == bool(uniqueid):
        return answer(400, "Exactly one of callid and uniqueid is required", key="callid")
    exchange = ask.world.exchange
    call = exchange.find(callid=callid) if callid else exchange.find(uniqueid=uniqueid)
    if call is None or not _visible(ask, call):
        return NOT_FOUND
    exchange.hang_up_later(call.callid)
    return answer(204)


def _redirect_checks(_ask: Ask) -> Mapping[str, Check]:
    return {"cnumber": lambda text, _values: dial_complaint(text)}


def _redirect(ask: Ask, values: Values) -> Answer:
    exchange, uniqueid = ask.world.exchange, values.text("uniqueid")
    if not _visible(ask, exchange.find(uniqueid=uniqueid)):
        return NOT_FOUND
    done = exchange.redirect(uniqueid, values.text("cnumber"), values.whole("channel"))
    return answer(204) if done else NOT_FOUND


# ---------------------------------------------------------------------- calls/active/list


def direction(leg: Leg) -> str:
    """``internal`` for legs to lines and codes, ``out`` for others."""
    return "out" if leg.dtype == "number" else "internal"


def _active_row(call: Call, leg: Leg) -> Row:
    order = call.order
    peer = OUTBOUND_PEER if leg.dtype == "number" else 0
    return {
        "uniqueid": leg.uniqueid,
        "callid": call.callid,
        "start": int(leg.started_at),
        "answered": int(leg.answered_at),
        "direction": direction(leg),
        "stype": order.stype,
        "snumber": order.snumber,
        "ctype": order.ctype,
        "cnumber": order.cnumber,
        "dtype": leg.dtype,
        "dnumber": leg.dnumber,
        "scustomer": order.customer,
        "machine": call.server,
        "peer": peer,
        "billing_peer": peer,
        "callerid_internal": order.callerid1 if leg.side is Side.A else order.snumber,
        "callerid_external": order.callerid2,
    }


def _active_rows(ask: Ask) -> list[tuple[Row, Leg]]:
    calls = ask.world.exchange.calls()
    mine = [call for call in calls if call.order.customer == ask.person.customer]
    return [(_active_row(call, leg), leg) for call in mine for leg in live_legs(call)]


def _active_list(ask: Ask, values: Values) -> Answer:
    wanted = values.text("direction")
    rows = [
        (row, leg)
        for row, leg in _active_rows(ask)
        if values.text("callid") in ("", row["callid"])
        and values.text("phone") in ("", row["snumber"])
        and (wanted in ("", row["direction"]) or (wanted == "in_out" and row["direction"] == "out"))
    ]
    if values.whole("count"):
        return answer(200, data={"count": len(rows)})
    by = values.text("sort")
    by = by if rows and by in rows[0][0] else "start"
    rows.sort(key=lambda item: str(item[0][by]), reverse=bool(values.whole("descending")))
    if values.whole("names"):
        rows = [(row | {"dnumber_name": leg.name}, leg) for row, leg in rows]
    data: list[JsonValue] = [row for row, _ in rows]
    return answer(200, data=data)


def _active_panel(ask: Ask, _values: Values) -> Answer:
    kept = ("uniqueid", "callid", "start", "answered", "snumber", "cnumber", "dtype", "dnumber")
    data: list[JsonValue] = [
        {name: row[name] for name in kept} | {"state": "up" if leg.phase is LegPhase.ANSWERED else "ringing"}
        for row, leg in _active_rows(ask)
    ]
    return answer(200, data=data)


_CALLERS = frozenset({"actions", "panel"})
CALL_FUNCTIONS = (
    Function(
        path="calls/make",
        privileges=_CALLERS,
        parameters=MAKE_PARAMETERS,
        checks=_make_checks,
        owner_check=_line_of_others,
        rate_plan=True,
        run=_make,
    ),
    Function(
        path="calls/hangup",
        privileges=_CALLERS,
        privileges_at_seed=frozenset({"administrator"}),  # 3.13 and 3.14; 3.15 narrowed it to owners instead
        parameters=(Parameter(name="callid"), Parameter(name="uniqueid")),
        run=_hang_up,
    ),
    Function(
        path="calls/redirect",
        privileges=_CALLERS,
        parameters=(
            Parameter(name="uniqueid", required=True),
            Parameter(name="ctype", choices=_TYPES),
            Parameter(name="cnumber", required=True),
            Parameter(name="channel", whole=True, low=1, high=2, default=1),
        ),
        checks=_redirect_checks,
        rate_plan=True,
        run=_redirect,
    ),
    Function(
        path="calls/active/list",
        privileges=frozenset({"callshop", "user"}),
        parameters=(
            CUSTOMER,
            Parameter(name="direction", choices=("", "in", "internal", "in_out", "out")),
            Parameter(name="sort"),
            Parameter(name="descending", whole=True, high=1),
            Parameter(name="names", whole=True, high=1),
            Parameter(name="callid"),
            Parameter(name="count", whole=True, high=1, since=Level.V44),
            Parameter(name="phone", since=Level.V44),
        ),
        checks=customer_check,
        run=_active_list,
    ),
    Function(
        path="calls/active/list/panel",
        privileges=frozenset({"panel"}),
        parameters=(CUSTOMER,),
        checks=customer_check,
        run=_active_panel,
    ),
)
