"""Everything that can go wrong, split by what the user can do about it.

    RingbridgeError
    ├── InputError                 what was typed, copied or linked can't be used
    ├── SettingError               one setting has a value it can't have
    │   └── RuleError              a rule of the dial plan can't be read
    ├── CallLimit                  too many calls in a minute or a day
    ├── StorageError               a file of ours can't be used
    │   ├── FileTooNew             written by a newer Ringbridge; left alone
    │   ├── FileDamaged            unreadable; set aside
    │   ├── FileLeft               unusable while the program runs; what it said before still holds
    │   ├── PolicyDamaged          the company's policy can't be read; most careful settings stand in
    │   └── StorageUnavailable     disk full, read-only, locked by another program
    │       └── FileMissing        a file that a setting names is not there
    ├── CredentialsError           the password can't be had
    │   ├── KeyringMissing         no keyring on this desktop
    │   ├── KeyringLocked          there is one, and nobody unlocked it
    │   ├── KeyringRefused         it said no
    │   └── KeyringNoAnswer        it does not answer
    ├── NoAccount                  no server, user name, own line or password is set up
    └── PbxError
        ├── NothingSent            not one byte of the request left: safe to try again
        │   ├── Unreachable        name not found, refused, no route, connect timeout
        │   ├── TlsFailed          certificate or handshake
        │   ├── ProxyFailed        the proxy refused or is unreachable
        │   └── RequestInvalid     the request breaks a rule of the contract
        ├── AnswerLost             it may have left; what became of it is unknown
        ├── AnswerNotUnderstood    an answer came, but none the contract knows
        ├── WrongLogin             401
        │   └── LoginCodeNeeded    202 of user/login: a one-time code is wanted
        └── Refused                the PBX understood and said no
            ├── InvalidInput       400, with the parameter it complains about
            ├── RoleForbids        402
            ├── RatePlanForbids    403
            └── NotFound           404: does not exist, or is not yours to see

Exceptions carry facts; `ringbridge.ui.wording` alone turns them into sentences. None of them ever holds a
password, a token or copied text.
"""


class RingbridgeError(Exception):
    """The root: whatever Ringbridge reports on purpose."""


class InputError(RingbridgeError):
    """What was typed, copied or linked can't be used.

    Attributes:
        problem: A short stable name: ``empty``, ``no_number``, ``several_numbers``, ``too_long``,
            ``control_characters``, ``scheme``, ``code_in_link``, ``letters``, ``region``, ``bad_link`` (a link
            that breaks its own rules), ``context`` (a number of a network that is not ours); of the dial plan:
            ``rule_unreadable``, ``rule_emergency`` (it would become an
            emergency number), ``plan_plus`` (a ``+`` would stand behind the prefix for an outside line).
        detail: What to show beside it (never longer than 60 characters), or empty.
    """

    def __init__(self, problem: str, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}" if detail else problem)
        self.problem = problem
        self.detail = detail


class SettingError(RingbridgeError):
    """One setting has a value it can't have.

    Attributes:
        key: The dotted key, such as ``clipboard.watch``.
        problem: A short stable name: ``unknown_key``, ``not_a_boolean``, ``not_a_number``, ``range``,
            ``choice``, ``not_a_text``, ``region``, ``url``, ``hotkey``, ``hotkey_twice`` (the detail is the other
            action's key), ``plain_http``, ``control_characters``,
            ``by_hand`` (it is changed in the settings file only), ``not_a_table`` (a value stands where a table
            belongs), ``profile_name``, ``not_a_list``, ``too_many``, ``length_range``, ``pattern`` (of numbers),
            ``clock``, ``phone`` (one of the user's), ``locked`` (the company's policy says what it is).
        detail: The allowed range or choices, for the sentence.
    """

    def __init__(self, key: str, problem: str, detail: str = "") -> None:
        super().__init__(f"{key}: {problem}" + (f" ({detail})" if detail else ""))
        self.key = key
        self.problem = problem
        self.detail = detail


class CallLimit(RingbridgeError):
    """So many calls were placed that no more is allowed just now.

    Attributes:
        period: ``minute`` or ``day``.
        limit: How many are allowed.
    """

    def __init__(self, period: str, limit: int) -> None:
        super().__init__(f"{limit} a {period}")
        self.period = period
        self.limit = limit


class RuleError(SettingError):
    """A rule of the dial plan can't be read.

    Attributes:
        problem: A short stable name: ``empty``, ``too_long``, ``character``, ``character_added``,
            ``character_in_set``, ``set_not_closed``, ``set_not_open``, ``empty_set``, ``range``, ``second_bar``,
            ``wildcard_before_bar``, ``plus_inside``, ``plus_kept``, ``nothing_left``.
        number: The rule's place in the list, from 1; 0 = it stands alone.
        position: Where in the rule, in characters from 1.
        detail: The character in question or the limit, or empty.
    """

    def __init__(self, problem: str, *, number: int = 0, position: int = 1, detail: str = "") -> None:
        super().__init__("dialing.rules", problem, detail)
        self.number = number
        self.position = position

    def copy(self) -> "RuleError":
        """One to raise: the same error raised twice would drag the first traceback along."""
        return RuleError(self.problem, number=self.number, position=self.position, detail=self.detail)


class StorageError(RingbridgeError):
    """A file of ours can't be used.

    Attributes:
        path: The file.
        detail: The operating system's or library's words, or where the file was set aside to.
    """

    def __init__(self, path: str, detail: str = "") -> None:
        super().__init__(f"{path}: {detail}" if detail else path)
        self.path = path
        self.detail = detail


class FileTooNew(StorageError):
    """Written by a newer Ringbridge; never overwritten. `detail`: the path it was set aside to, or its version."""


class FileDamaged(StorageError):
    """Unreadable; `detail` says where it was set aside to."""


class FileLeft(StorageError):
    """Unusable while the program runs, perhaps half written: left alone, and what it said before still holds."""


class PolicyDamaged(StorageError):
    """The company's policy can't be read or understood; `detail` says why. It stays where it is."""


class StorageUnavailable(StorageError):
    """Disk full, read-only, no permission or locked by another program."""


class FileMissing(StorageUnavailable):
    """A file that a setting names is not there."""


class CredentialsError(RingbridgeError):
    """The password can't be read or saved just now."""


class KeyringMissing(CredentialsError):
    """This desktop has no keyring."""


class KeyringLocked(CredentialsError):
    """The keyring is locked, and nobody unlocked it."""


class KeyringRefused(CredentialsError):
    """The keyring answered with an error of its own."""


class KeyringNoAnswer(CredentialsError):
    """The keyring does not answer in time."""


class NoAccount(RingbridgeError):
    """Something of the account is not set up.

    Attributes:
        missing: What: ``url``, ``username``, ``line`` or ``password``.
    """

    def __init__(self, missing: str) -> None:
        super().__init__(f"no {missing}")
        self.missing = missing


class PbxError(RingbridgeError):
    """Asking the PBX went wrong."""


class NothingSent(PbxError):
    """Not one byte of the request left this computer: trying again is safe.

    Attributes:
        detail: The cause in the library's words, without secrets.
    """

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Unreachable(NothingSent):
    """Name not found, connection refused, no route, or no connection in time."""


class TlsFailed(NothingSent):
    """The certificate is not trusted, is not for this name, or the handshake failed."""


class ProxyFailed(NothingSent):
    """The proxy refused or can't be reached."""


class RequestInvalid(NothingSent):
    """The request breaks a rule of the contract, so it was not sent.

    Attributes:
        parameter: The parameter's name in the PBX's contract.
    """

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter


class AnswerLost(PbxError):
    """The request may have left, and no answer came back: what became of it is unknown."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class AnswerNotUnderstood(PbxError):
    """An answer came that the contract does not know: HTML, half JSON, an unlisted code.

    Attributes:
        http_status: The HTTP status, or 0.
        code: The code in the body, or 0.
        detail: What was odd, without the body's content.
    """

    def __init__(self, detail: str, http_status: int = 0, code: int = 0) -> None:
        super().__init__(detail)
        self.detail = detail
        self.http_status = http_status
        self.code = code


class WrongLogin(PbxError):
    """User name or password is wrong (401)."""


class LoginCodeNeeded(WrongLogin):
    """The password is right, and a one-time code is wanted (202 of ``user/login``)."""


class Refused(PbxError):
    """The PBX understood and said no.

    Attributes:
        code: The PBX's code.
        key: The parameter it complains about, as the server names it, or empty.
        message: The server's words: plain text from elsewhere, never markup.
    """

    def __init__(self, code: int, key: str = "", message: str = "") -> None:
        super().__init__(f"{code} {key} {message}".strip())
        self.code = code
        self.key = key
        self.message = message


class InvalidInput(Refused):
    """An input parameter is invalid (400)."""


class RoleForbids(Refused):
    """The user's role does not allow this (402)."""


class RatePlanForbids(Refused):
    """The rate plan does not allow this (403)."""


class NotFound(Refused):
    """It does not exist, or is not the user's to see (404)."""
