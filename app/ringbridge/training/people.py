"""The invented company of the training PBX: its people, lines, numbers and codes.

Each person stands for one thing that can happen to a login; nothing here belongs to anyone.
"""

from dataclasses import dataclass, field

from ringbridge.training.names import name_for

CUSTOMER = 10
OTHER_CUSTOMER = 20
CUSTOMER_NAMES = {CUSTOMER: "Training & Söhne", OTHER_CUSTOMER: "Somebody Else Ltd"}

_USER = frozenset({"actions", "panel", "user", "residential", "cdrs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One login.

    Attributes:
        id: As in the people table.
        username: Login name.
        password: Login password.
        note: What this person is good for, for people.
        privileges: Of the role.
        customer: Whom the person belongs to.
        forename: For the address book.
        surname: For the address book.
        extension: Dial-by-name number.
        telephone: For the address book.
        mobile: For the address book.
        source: The only address this person may come from; empty: any.
        plan_allows: The rate plan allows calls.
        totp_secret: Base32 secret of the two-step login (level 4.4), or empty.
        token_life_s: Seconds its tokens live (level 4.1 and later).
    """

    id: int
    username: str
    password: str = field(default="password", repr=False)
    note: str
    privileges: frozenset[str] = _USER
    customer: int = CUSTOMER
    forename: str
    surname: str
    extension: str = ""
    telephone: str = ""
    mobile: str = ""
    source: str = ""
    plan_allows: bool = True
    totp_secret: str = field(default="", repr=False)
    token_life_s: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLine:
    """One telephone line.

    Attributes:
        id: As in the phones table.
        name: The value of ``snumber`` with ``stype=phone``.
        description: Free text.
        owner: ID of a person, 0 = none.
        customer: Whom it belongs to.
        dnd: It rejects all calls.
        registered: A phone is there.
    """

    id: int
    name: str
    description: str
    owner: int
    customer: int = CUSTOMER
    dnd: bool = False
    registered: bool = True

    @property
    def display(self) -> str:
        """The line's name for people."""
        return f"{self.name} {self.description}"

    @property
    def sip_password(self) -> str:
        """What the seed level leaks in `phones/list`: invented, and never to be seen in a client."""
        return f"sip-secret-of-{self.name}"


PEOPLE = (
    Person(
        id=1, username="user", note="may do everything an ordinary user may", forename="Robin", surname="Trainer",
        extension="201", telephone="2125550100", mobile="9175550100",
    ),
    Person(
        id=2, username="colleague", note="owns line 1234568", forename="Dana", surname="Höfler", extension="202",
        telephone="2125550102",
    ),
    Person(
        id=3, username="viewer", note="may look, but not call (402)", privileges=frozenset({"user", "cdrs"}),
        forename="Vera", surname="Viewer", extension="203",
    ),
    Person(
        id=4, username="nohistory", note="may call, but not see the call history (402)", privileges=_USER - {"cdrs"},
        forename="Nils", surname="Nohistory",
    ),
    Person(
        id=5, username="noplan", note="has a rate plan that forbids calls (403)", plan_allows=False,
        forename="Paula", surname="Noplan",
    ),
    Person(
        id=6, username="office", note="may log in from 192.0.2.10 only (401 from here)", source="192.0.2.10",
        forename="Oskar", surname="Office",
    ),
    Person(
        id=7, username="twostep", note="needs a one-time code (level 4.4)",
        totp_secret="JBSWY3DPEHPK3PXP",  # noqa: S106 - invented, shown to whoever starts the training PBX
        forename="Tova", surname="Twostep",
    ),
    Person(
        id=8, username="token", note="has tokens that live 5 s (level 4.1)", token_life_s=5,
        forename="Tim", surname="Token",
    ),
    Person(
        id=9, username="admin", note="administrator", privileges=_USER | {"administrator", "reports"},
        forename="Amira", surname="Admin",
    ),
    Person(
        id=10, username="special", note="has a password that needs encoding",
        password="p;a&s=s+w%20ö #?\"'",  # noqa: S106 - invented: every character that breaks a careless client
        forename="José", surname="Peña",
    ),
    Person(
        id=11, username="outsider", note="belongs to another company", customer=OTHER_CUSTOMER,
        forename="Otto", surname="Outsider",
    ),
    Person(
        id=12, username="billing", note="may see bills, but nothing of telephony (402 nearly everywhere)",
        privileges=frozenset({"invoices"}), forename="Bill", surname="Inger",
    ),
)  # fmt: skip

LINES = (
    PhoneLine(id=1, name="1234567", description="Robin's desk", owner=1),
    PhoneLine(id=2, name="1234568", description="Dana's desk", owner=2),
    PhoneLine(id=3, name="1234569", description="Robin's home office", owner=1),
    PhoneLine(id=4, name="1234570", description="Robin's meeting room (do not disturb)", owner=1, dnd=True),
    PhoneLine(id=5, name="1234571", description="Robin's old phone (offline)", owner=1, registered=False),
    PhoneLine(id=6, name="1234573", description="Vera's desk", owner=3),
    PhoneLine(id=7, name="1234574", description="Nils' desk", owner=4),
    PhoneLine(id=8, name="1234575", description="Paula's desk", owner=5),
    PhoneLine(id=9, name="1234577", description="Tova's desk", owner=7),
    PhoneLine(id=10, name="1234578", description="Tim's desk", owner=8),
    PhoneLine(id=11, name="1234579", description="Amira's desk", owner=9),
    PhoneLine(id=12, name="1234580", description="José's desk", owner=10),
    PhoneLine(id=13, name="1234599", description="Reception", owner=0),
    PhoneLine(id=14, name="7654321", description="Otto's desk", owner=11, customer=OTHER_CUSTOMER),
)

# Numbers of the customer, that may be presented as caller ID (the first is the usual one), and one that may not.
CALLER_IDS = {CUSTOMER: ("2125550100", "2125550101"), OTHER_CUSTOMER: ("2125550900",)}
OTHER_NUMBERS = {CUSTOMER: ("2125550199",), OTHER_CUSTOMER: ()}

CODES = {"100": "Sales queue", "101": "Support queue", "*97": "Voicemail"}
SPEED_DIALS = {"01": "2125551234", "02": "2125557701"}
CARDS = ("CARD-1",)
RECORD_GROUPS = (0, 7)

LINES_BY_NAME = {line.name: line for line in LINES}
PEOPLE_BY_NAME = {person.username: person for person in PEOPLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a number leads.

    Attributes:
        dtype: ``phone`` (a line of the same customer), ``code`` or ``number``.
        number: Which one.
        name: Who is there, for people.
        line: The line, for ``phone``.
    """

    dtype: str
    number: str
    name: str
    line: PhoneLine | None = None


def find_place(number: str, customer: int) -> Place:
    """Where `number` leads when `customer` dials it: lines and codes of the same customer first."""
    line = LINES_BY_NAME.get(number)
    if line is not None and line.customer == customer:
        owner = next((person for person in PEOPLE if person.id == line.owner), None)
        name = f"{owner.forename} {owner.surname}" if owner else line.description
        return Place(dtype="phone", number=number, name=name, line=line)
    if number in CODES:
        return Place(dtype="code", number=number, name=CODES[number])
    return Place(dtype="number", number=number, name=name_for(number))
