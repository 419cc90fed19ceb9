"""The functions that only look: logins, people, lines, numbers, history and the rest of the address book."""

from collections.abc import Callable, Mapping

from ringbridge.training.call_functions import dial_complaint, direction
from ringbridge.training.envelope import Answer, JsonValue, Row, answer
from ringbridge.training.function import (
    CUSTOMER,
    LIST_PARAMETERS,
    NOT_FOUND,
    ROLE_FORBIDS,
    UNKNOWN_LOGIN,
    Ask,
    Function,
    check_password,
    customer_check,
    list_answer,
)
from ringbridge.training.parameters import Parameter, Values
from ringbridge.training.people import (
    CALLER_IDS,
    CODES,
    CUSTOMER_NAMES,
    LINES,
    LINES_BY_NAME,
    OTHER_NUMBERS,
    PEOPLE,
    PEOPLE_BY_NAME,
    SPEED_DIALS,
    Person,
    PhoneLine,
    find_place,
)
from ringbridge.training.scenarios import Other, read_scenario, scenario_for
from ringbridge.training.states import Call, Cause, Leg, LegPhase, Level
from ringbridge.training.tokens import TOTP_TOKEN_LIFE_S, totp_matches

# ---------------------------------------------------------------------- logins and people


def _person_row(person: Person) -> Row:
    return {
        "id": person.id,
        "username": person.username,
        "forename": person.forename,
        "surname": person.surname,
        "customer": person.customer,
        "company": CUSTOMER_NAMES[person.customer],
        "email": f"{person.username}@training.invalid",
        "extension": person.extension,
        "telephone": person.telephone,
        "mobile": person.mobile,
        "fax": "",
        "language": "en",
        "role": "administrator" if "administrator" in person.privileges else "user",
        "source": person.source,
        "timezone": "UTC",
        "title": "",
    }


def _login(ask: Ask, values: Values) -> Answer:
    world, now = ask.world, ask.world.clock.now()
    code = values.text("auth_code")
    if values.text("totp_token"):  # the second step: name and password are not needed
        person = PEOPLE_BY_NAME.get(world.tokens.read("totp", values.text("totp_token"), now=now))
        proven = person is not None and totp_matches(person.totp_secret, code, now)
    else:
        person = check_password(ask.raw, ask.remote)
        two_step = person is not None and bool(person.totp_secret) and world.level.has(Level.V44)
        if person is not None and two_step and not code:
            token = world.tokens.make("totp", person.username, now=now, life_s=TOTP_TOKEN_LIFE_S)
            data: Row = {"totp_required": True, "totp_token": token, "username": person.username}
            return answer(202, "A one-time code is required", data=data)
        proven = person is not None and (not two_step or totp_matches(person.totp_secret, code, now))
    if person is None or not proven:
        return UNKNOWN_LOGIN
    if "user" not in person.privileges:
        return ROLE_FORBIDS
    row = _person_row(person)
    if values.whole("token"):
        life_s = person.token_life_s
        row["auth_token"] = world.tokens.make("login", person.username, now=now, life_s=life_s)
        row["auth_token_expiry"] = life_s
        row["auth_token_expires"] = int(now) + life_s
    return answer(200, data=row)


def _people_get(ask: Ask, values: Values) -> Answer:
    wanted: list[Callable[[Person], bool]] = []  # 3.14: in the order id, user name, e-mail
    if values.whole("id"):
        wanted.append(lambda person: person.id == values.whole("id"))
    elif values.text("username"):
        wanted.append(lambda person: person.username == values.text("username"))
    elif values.text("email"):
        wanted.append(lambda person: _person_row(person)["email"] == values.text("email"))
    else:
        return answer(400, "One of id, username and email is required", key="id")
    checking = bool(values.whole("check"))
    for person in PEOPLE:
        if wanted[0](person) and (checking or person.customer == ask.person.customer):
            return answer(200, data={"id": person.id} if checking else _person_row(person))
    return NOT_FOUND


def _people_list(ask: Ask, values: Values) -> Answer:
    rows = [_person_row(person) for person in PEOPLE if person.customer == ask.person.customer]
    return list_answer(rows, values, sort="username", short=("id", "username"))


# ---------------------------------------------------------------------- lines and numbers


def _line_row(line: PhoneLine, *, with_password: bool) -> Row:
    row: Row = {
        "id": line.id,
        "name": line.name,
        "display": line.display,
        "description": line.description,
        "owner": line.owner,
        "customer": line.customer,
        "dnd": int(line.dnd),
        "dialplan": "",
        "cos": 0,
        "call_maximum": -1,
        "callerid_external": CALLER_IDS[line.customer][0],
        "callerid_internal": "name",
        "callername_internal": line.description,
        "recordgroup": 0,
        "ringtime": 25,
    }
    return row | {"password": line.sip_password} if with_password else row


def _lines_of(ask: Ask, owner: int = 0) -> list[PhoneLine]:
    """Lines of the customer: 0: an administrator's are all, others own theirs; -1: all; an ID: that person's."""
    mine = [line for line in LINES if line.customer == ask.person.customer]
    if owner == 0 and "administrator" not in ask.person.privileges:
        owner = ask.person.id
    return mine if owner in {0, -1} else [line for line in mine if line.owner == owner]


def _leaks(ask: Ask, values: Values, line: PhoneLine) -> bool:
    """The seed level shows the password of every line it lists, unasked; 4.4 of one's own when asked."""
    if ask.world.level is Level.SEED:
        return True
    own = line.owner == ask.person.id or "administrator" in ask.person.privileges
    return bool(values.whole("password")) and own


def _phones_list(ask: Ask, values: Values) -> Answer:
    lines = _lines_of(ask, values.whole("owner"))
    rows = [_line_row(line, with_password=_leaks(ask, values, line)) for line in lines]
    return list_answer(rows, values, sort="name", short=("id", "name", "display"))


def _own_line(ask: Ask, name: str) -> PhoneLine | None:
    line = LINES_BY_NAME.get(name)
    return line if line is not None and line in _lines_of(ask, -1) else None


def _phones_get(ask: Ask, values: Values) -> Answer:
    line = _own_line(ask, values.text("name"))
    if line is None:
        return NOT_FOUND
    own = line.owner == ask.person.id or "administrator" in ask.person.privileges
    return answer(200, data=_line_row(line, with_password=bool(values.whole("password")) and own))


def _phones_panel(ask: Ask, _values: Values) -> Answer:
    data: list[JsonValue] = [
        {
            "name": line.name,
            "description": line.description,
            "registered": int(line.registered),
            "expect_registered": 1,
        }
        for line in _lines_of(ask, -1)
    ]
    return answer(200, data=data)


def _registrations(ask: Ask, values: Values) -> Answer:
    line = _own_line(ask, values.text("name"))
    if line is None and (values.text("name") or not ask.world.level.has(Level.V44)):  # optional since 4.3
        return NOT_FOUND
    lines = [line] if line else _lines_of(ask)
    data: list[JsonValue] = [
        {"id": line.id, "username": line.name, "contact": f"sip:{line.name}@192.0.2.{line.id}:5060", "expires": 300}
        for line in lines
        if line.registered
    ]
    return answer(200, data=data)


def _numbers_list(ask: Ask, values: Values) -> Answer:
    customer = ask.person.customer
    numbers = CALLER_IDS[customer] + (() if values.whole("callerid") else OTHER_NUMBERS[customer])
    rows: list[Row] = [
        {
            "id": index,
            "number": number,
            "description": f"Number {index}",
            "customer": customer,
            "dtype": "",
            "dnumber": "",
        }
        for index, number in enumerate(numbers, 1)
    ]
    return list_answer(rows, values, sort="number", short=("id", "number"))


# ---------------------------------------------------------------------- history


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
        "peer": 0 if leg.dtype != "number" else 3,
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


_PARTIES = ("stype", "snumber", "ctype", "cnumber", "dtype", "dnumber")

# ---------------------------------------------------------------------- the rest


def _codes_list(ask: Ask, values: Values) -> Answer:
    rows: list[Row] = [
        {"id": index, "code": code, "description": text, "customer": ask.person.customer}
        for index, (code, text) in enumerate(CODES.items(), 1)
    ]
    return list_answer(rows, values, sort="code", short=("id", "code"))


def _speed_dials(ask: Ask, _values: Values) -> Answer:
    rows: list[JsonValue] = [
        {"id": index, "sdial": short, "cnumber": number, "description": find_place(number, ask.person.customer).name}
        for index, (short, number) in enumerate(SPEED_DIALS.items(), 1)
    ]
    return answer(200, data=rows)


def _outcosts(_ask: Ask, values: Values) -> Answer:
    destination = values.text("destination")
    if destination and values.text("search"):
        return answer(400, "Not together with destination", key="search")
    other = scenario_for(destination, read_scenario("normal")).other
    if dial_complaint(destination or "0") or other is Other.UNREACHABLE:
        return NOT_FOUND
    rows: list[Row] = [
        {
            "id": 1,
            "outgroup_time": 1,
            "outgroup_name": "Training",
            "cost": "0.0000",
            "connectfee": "0.0000",
            "increment": 1,
        }
    ]
    return list_answer(rows, values, sort="id", short=("id",))


def _customers_get(ask: Ask, values: Values) -> Answer:
    checking = bool(values.whole("check"))
    for number, name in CUSTOMER_NAMES.items():
        if values.whole("id") != number and values.text("name") != name:
            continue
        if checking:
            return answer(200, data={"id": number})
        if number == ask.person.customer:
            return answer(200, data={"id": number, "name": name, "balance": "100.0000", "currency": "USD"})
    if not (values.whole("id") or values.text("name") or values.text("email")):
        return answer(400, "One of id, name and email is required", key="id")
    return NOT_FOUND


def _only_checks(raw: Mapping[str, str]) -> bool:
    return raw.get("check") == "1"


def _whole(name: str, **more: int) -> Parameter:
    return Parameter(name=name, whole=True, low=more.get("low", 0), default=more.get("default", 0))


_USER = frozenset({"user"})
_HOME = frozenset({"residential", "user"})
_HISTORY = frozenset({"callshop", "cdrs"})
_NAME = Parameter(name="name")

LIST_FUNCTIONS = (
    Function(
        path="user/login",
        parameters=(
            Parameter(name="token", whole=True, high=1, since=Level.V41),
            Parameter(name="auth_code", since=Level.V44),
            Parameter(name="totp_token", since=Level.V44),
        ),
        open_to_all=lambda _raw: True,  # it looks at the login itself
        run=_login,
    ),
    Function(
        path="people/get",
        privileges=_USER,
        parameters=(_whole("id"), Parameter(name="username"), Parameter(name="email"), _whole("check")),
        open_to_all=_only_checks,
        run=_people_get,
    ),
    Function(
        path="people/list", privileges=_USER, parameters=LIST_PARAMETERS, checks=customer_check, run=_people_list
    ),
    Function(
        path="phones/list",
        privileges=_HOME,
        parameters=(
            *LIST_PARAMETERS,
            Parameter(name="owner", whole=True, low=-1, since=Level.V41),
            Parameter(name="password", whole=True, high=1, since=Level.V44),
        ),
        checks=customer_check,
        run=_phones_list,
    ),
    Function(
        path="phones/get", privileges=_HOME | {"wholesale"}, parameters=(_NAME, _whole("password")), run=_phones_get
    ),
    Function(
        path="phones/list/panel",
        privileges=frozenset({"panel"}),
        parameters=(CUSTOMER,),
        checks=customer_check,
        run=_phones_panel,
    ),
    Function(path="phones/registrations/list", privileges=_HOME, parameters=(_NAME,), run=_registrations),
    Function(
        path="numbers/list",
        privileges=_USER | {"wholesale"},
        parameters=(*LIST_PARAMETERS, _whole("callerid"), _whole("callerid_location")),
        checks=customer_check,
        run=_numbers_list,
    ),
    Function(
        path="cdrs/list",
        privileges=_HISTORY,
        parameters=(
            *LIST_PARAMETERS,
            _whole("start"),
            _whole("end"),
            *(Parameter(name=name) for name in ("callid", "direction", "status", "phone", *_PARTIES)),
            _whole("talktime_minimum"),
            _whole("talktime_maximum", low=-1, default=-1),
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
    Function(path="codes/list", privileges=_USER, parameters=LIST_PARAMETERS, checks=customer_check, run=_codes_list),
    Function(
        path="speeddials/list",
        privileges=_USER,
        parameters=(CUSTOMER, Parameter(name="stype", choices=("", "phone")), Parameter(name="snumber")),
        checks=customer_check,
        run=_speed_dials,
    ),
    Function(
        path="outcosts/customer/list",
        privileges=frozenset({"administrator", "reports"}),
        parameters=(*LIST_PARAMETERS, Parameter(name="destination"), Parameter(name="search")),
        checks=customer_check,
        run=_outcosts,
    ),
    Function(
        path="customers/get",
        privileges=_USER,
        parameters=(_whole("id"), _NAME, Parameter(name="email"), _whole("check")),
        open_to_all=_only_checks,
        run=_customers_get,
    ),
)
