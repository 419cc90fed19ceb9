"""The functions that only look: logins, people, lines, numbers, history and the rest of the address book."""

from collections.abc import Callable, Mapping

from ringbridge.training.call_functions import dial_complaint
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
    whole_parameter,
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
from ringbridge.training.states import Level
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


_USER = frozenset({"user"})
_HOME = frozenset({"residential", "user"})
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
        parameters=(
            whole_parameter("id"),
            Parameter(name="username"),
            Parameter(name="email"),
            whole_parameter("check"),
        ),
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
        path="phones/get",
        privileges=_HOME | {"wholesale"},
        parameters=(_NAME, whole_parameter("password")),
        run=_phones_get,
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
        parameters=(*LIST_PARAMETERS, whole_parameter("callerid"), whole_parameter("callerid_location")),
        checks=customer_check,
        run=_numbers_list,
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
        parameters=(whole_parameter("id"), _NAME, Parameter(name="email"), whole_parameter("check")),
        open_to_all=_only_checks,
        run=_customers_get,
    ),
)
