"""The functions that tell of finished calls: one row a leg, as cdrs/list gives them."""

from ringbridge.training.call_functions import OUTBOUND_PEER, direction
from ringbridge.training.envelope import Answer, Row, answer
from ringbridge.training.function import (
    CUSTOMER,
    LIST_PARAMETERS,
    NOT_FOUND,
    Ask,
    Function,
    customer_check,
    list_answer,
    whole_parameter,
)
from ringbridge.training.parameters import Parameter, Values
from ringbridge.training.people import find_place
from ringbridge.training.states import Call, Cause, Leg, LegPhase, Level

_PARTIES = ("stype", "snumber", "ctype", "cnumber", "dtype", "dnumber")
_HISTORY = frozenset({"callshop", "cdrs"})


def _cdr_status(leg: Leg) -> str:
    if leg.answered_at:
        return "answer"
    return "cancel" if leg.cause in {Cause.CANCELLED, Cause.HANGUP_A, Cause.HANGUP_API} else "other"


def _cdr(call: Call, leg: Leg) -> Row:
    order = call.order
    place = find_place(order.snumber, order.customer)
    return {
        "uniqueid": leg.uniqueid,
        "callid": call.callid,
        "start": int(leg.started_at),
        "end": int(leg.ended_at),
        "talktime": int(leg.ended_at - leg.answered_at) if leg.answered_at else 0,
        "totaltime": int(leg.ended_at - leg.started_at),
        "status": _cdr_status(leg),
        "direction": direction(leg),
        "stype": order.stype,
        "snumber": order.snumber,
        "snumber_display": f"{order.snumber} {place.name}",
        "ctype": order.ctype,
        "cnumber": order.cnumber,
        "cnumber_display": f"{order.cnumber} {call.name}",
        "dtype": leg.dtype,
        "dnumber": leg.dnumber,
        "dnumber_display": f"{leg.dnumber} {leg.name}",
        "scustomer": order.customer,
        "dcustomer": order.customer if leg.dtype == "phone" else 0,
        "callerid_internal": order.snumber,
        "callerid_external": order.callerid2,
        "peer": OUTBOUND_PEER if leg.dtype == "number" else 0,
        "cost_excluding_tax": "0.0000",
    }


def _ended_legs(ask: Ask) -> list[tuple[Call, Leg]]:
    calls = [call for call in ask.world.exchange.calls() if call.order.customer == ask.person.customer]
    return [(call, leg) for call in calls for leg in call.legs if leg.phase is LegPhase.ENDED]


def _cdrs_list(ask: Ask, values: Values) -> Answer:
    legs = _ended_legs(ask)
    if values.text("detail") == "call":  # one row a call: its last leg tells how it went
        legs = [(call, leg) for call, leg in legs if leg.uniqueid == call.legs[-1].uniqueid]
    until = values.whole("end") or ask.world.clock.now() + 1
    rows = [
        row
        for row in (_cdr(call, leg) for call, leg in legs)
        if values.whole("start") <= int(str(row["start"])) <= until
        and all(values.text(name) in ("", row[name]) for name in ("callid", "direction", "status", *_PARTIES))
        and values.text("phone") in ("", row["snumber"])
        and int(str(row["talktime"])) >= values.whole("talktime_minimum")
        and (values.whole("talktime_maximum") < 0 or int(str(row["talktime"])) <= values.whole("talktime_maximum"))
    ]
    return list_answer(rows, values, sort="start", short=("uniqueid", "start"))


def _cdrs_get(ask: Ask, values: Values) -> Answer:
    for call, leg in _ended_legs(ask):
        if leg.uniqueid == values.text("uniqueid"):
            return answer(200, data=_cdr(call, leg))
    return NOT_FOUND


HISTORY_FUNCTIONS = (
    Function(
        path="cdrs/list",
        privileges=_HISTORY,
        parameters=(
            *LIST_PARAMETERS,
            whole_parameter("start"),
            whole_parameter("end"),
            *(Parameter(name=name) for name in ("callid", "direction", "status", "phone", *_PARTIES)),
            whole_parameter("talktime_minimum"),
            whole_parameter("talktime_maximum", low=-1, default=-1),
            Parameter(name="detail", choices=("call", "leg"), default="leg", since=Level.V44),
        ),
        checks=customer_check,
        run=_cdrs_list,
    ),
    Function(
        path="cdrs/get",
        privileges=_HISTORY,
        parameters=(Parameter(name="uniqueid", required=True), CUSTOMER),
        checks=customer_check,
        run=_cdrs_get,
    ),
)
