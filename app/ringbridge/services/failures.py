"""What a failure means for the call: was it sent, and why not."""

from ringbridge.core.calls import CallOutcome, Outcome
from ringbridge.core.errors import (
    AnswerLost,
    AnswerNotUnderstood,
    CredentialsError,
    FileTooNew,
    InvalidInput,
    KeyringLocked,
    KeyringMissing,
    KeyringNoAnswer,
    LoginCodeNeeded,
    NoAccount,
    NotFound,
    NothingSent,
    PbxError,
    ProxyFailed,
    RatePlanForbids,
    Refused,
    RequestInvalid,
    RingbridgeError,
    RoleForbids,
    StorageError,
    TlsFailed,
    WrongLogin,
)

_MEANINGS: tuple[tuple[type[RingbridgeError], Outcome, str], ...] = (
    # the first class that fits decides: a special case stands before its parent
    (RequestInvalid, Outcome.NOT_SENT, "invalid_request"),
    (TlsFailed, Outcome.NOT_SENT, "tls"),
    (ProxyFailed, Outcome.NOT_SENT, "proxy"),
    (NothingSent, Outcome.NOT_SENT, "unreachable"),
    (LoginCodeNeeded, Outcome.WRONG_LOGIN, "login_code"),
    (WrongLogin, Outcome.WRONG_LOGIN, "wrong_login"),
    (InvalidInput, Outcome.REFUSED, "invalid_input"),
    (RoleForbids, Outcome.REFUSED, "role"),
    (RatePlanForbids, Outcome.REFUSED, "rate_plan"),
    (NotFound, Outcome.REFUSED, "not_found"),
    (Refused, Outcome.REFUSED, "invalid_input"),
    (AnswerLost, Outcome.UNKNOWN, "answer_lost"),
    (AnswerNotUnderstood, Outcome.UNKNOWN, "not_understood"),
    (PbxError, Outcome.UNKNOWN, "answer_lost"),
    (KeyringMissing, Outcome.NO_ACCOUNT, "keyring_missing"),
    (KeyringLocked, Outcome.NO_ACCOUNT, "keyring_locked"),
    (KeyringNoAnswer, Outcome.NO_ACCOUNT, "keyring_no_answer"),
    (CredentialsError, Outcome.NO_ACCOUNT, "keyring_refused"),
    (FileTooNew, Outcome.NOT_SENT, "history_too_new"),
    (StorageError, Outcome.NOT_SENT, "history_unavailable"),
)
_CODES = {"login_code": 202, "wrong_login": 401}


def failed_outcome(error: RingbridgeError, *, request_id: str, dialed: str) -> CallOutcome:
    """The outcome of a request that ended with an error.

    Args:
        error: What went wrong.
        request_id: Of the request.
        dialed: The dial string.
    """
    if isinstance(error, NoAccount):
        outcome, problem = Outcome.NO_ACCOUNT, f"no_{error.missing}"
    else:
        outcome, problem = next((o, name) for kind, o, name in _MEANINGS if isinstance(error, kind))
    code, key, message, detail = _CODES.get(problem), "", "", ""
    match error:
        case RequestInvalid(parameter=parameter):
            key, detail = parameter, error.detail
            problem = "plain_http" if parameter == "url" else problem
        case Refused():
            code, key, message = error.code, error.key, error.message
        case AnswerNotUnderstood():
            code, detail = error.code or None, error.detail
        case NothingSent() | AnswerLost():
            detail = error.detail
        case _:
            pass
    return CallOutcome(
        request_id=request_id,
        outcome=outcome,
        dialed=dialed,
        code=code,
        key=key,
        message=message,
        problem=problem,
        detail=detail,
    )
