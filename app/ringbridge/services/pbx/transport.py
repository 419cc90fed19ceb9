"""HTTP with the PBX: one kept connection, at most one sending of anything, and an error that says whether it left."""

import ipaddress
import logging
import ssl
import sys
from dataclasses import dataclass, field, replace
from email.message import Message
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from threading import Lock
from typing import Any
from urllib.parse import SplitResult, urlsplit

from requests import PreparedRequest, Request, RequestException, Response
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError

from ringbridge import __version__
from ringbridge.core.errors import (
    AnswerLost,
    AnswerNotUnderstood,
    NoAccount,
    NothingSent,
    PbxError,
    ProxyFailed,
    RequestInvalid,
    TlsFailed,
    Unreachable,
)
from ringbridge.core.settings import AccountSettings, plain_http_allowed
from ringbridge.services.pbx.form import Parameters, encode, printable
from ringbridge.services.pbx.limits import Limits
from ringbridge.services.pbx.trust import tls_context
from ringbridge.services.pbx.wire import Adapter, Exchange, Stage

_log = logging.getLogger(__name__)

_FOREIGN = (RequestException, HTTPError, HTTPException, OSError, ValueError)
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """What came back.

    Attributes:
        http_status: The HTTP status, never 3xx.
        charset: As the answer names it, or empty.
        body: At most `Limits.answer_bytes`.
        broken: Why the answer ended before its end, or None.
    """

    http_status: int
    charset: str
    body: bytes = field(repr=False)
    broken: AnswerLost | None


class Transport:
    """Sends requests to one account's PBX, one at a time; usable from any thread.

    No error made here has a cause or context: `requests`' exceptions hold the request, and with it the password.

    Args:
        account: Where the PBX is and how it is reached.
        limits: How long and how much to wait for.

    Raises:
        NoAccount: No URL is set up.
        RequestInvalid: ``url``: plain http is not allowed there.
        Unreachable: The URL can't be used as an address.
    """

    def __init__(self, account: AccountSettings, limits: Limits) -> None:
        self._account = account
        self._limits = limits
        self._base = _base_url(account)
        self._adapter: Adapter | None = None
        self._lock = Lock()

    def ask(self, function: str, parameters: Parameters, *, answer_timeout_s: float) -> RawAnswer:
        """Call a function of the PBX once.

        Args:
            function: Its path, such as ``calls/make``.
            parameters: Credentials included; encoded here.
            answer_timeout_s: From the moment the request leaves to the last byte of the answer.

        Raises:
            NothingSent: One of its kinds; not one byte of the request left.
            AnswerLost: The request may have left.
            AnswerNotUnderstood: It left, and what came back is a redirection, no HTTP, or longer than allowed.
        """
        get = self._account.method == "get"
        exchange = self._exchange(answer_timeout_s)
        exchange.query = "?" + encode(parameters, ";") if get else ""
        body = None if get else encode(parameters, "&").encode("ascii")
        failure: PbxError
        outside = sys.exception()
        proxies: dict[str, str] = {}
        with self._lock:
            try:
                request = self._prepare(function, body)
                proxies = self._proxies()
                timeout = (exchange.connect_timeout_s, exchange.answer_timeout_s)
                response = self._adapter_for(exchange).send(request, stream=True, timeout=timeout, proxies=proxies)
                try:
                    return self._read(response)
                finally:
                    response.close()
            except _FOREIGN as error:
                failure = _failure(error, exchange, outside=outside, proxied=bool(proxies))
            finally:
                exchange.query = ""
        _log.debug("%s: %s at stage %s", function, type(failure).__name__, exchange.stage.name)
        self._after(failure)
        raise failure

    def connect(self) -> None:
        """Open the kept connection ahead of a request, unless it is open.

        Raises:
            NothingSent: One of its kinds.
        """
        exchange = self._exchange(self._limits.answer_s)
        failure: PbxError
        outside = sys.exception()
        proxies: dict[str, str] = {}
        with self._lock:
            try:
                proxies = self._proxies()
                request = self._prepare("", None)
                adapter = self._adapter_for(exchange)
                adapter.get_connection_with_tls_context(request, verify=True, proxies=proxies).open()
            except _FOREIGN as error:
                failure = _failure(error, exchange, outside=outside, proxied=bool(proxies))
            else:
                return
        self._after(failure)
        raise failure

    def close(self) -> None:
        """Close the kept connection. Does not wait for a request under way, which closes its own when it ends."""
        if self._adapter is not None:
            self._adapter.close()

    def _exchange(self, answer_timeout_s: float) -> Exchange:
        return Exchange(
            connect_timeout_s=float(self._account.connect_timeout_s),
            answer_timeout_s=answer_timeout_s,
            idle_s=self._limits.idle_s,
        )

    def _adapter_for(self, exchange: Exchange) -> Adapter:
        if self._adapter is None:
            tls = self._base.scheme == "https" or self._account.proxy.startswith("https:")
            self._adapter = Adapter(tls_context(self._account.ca_file if tls else ""))
        self._adapter.exchange = exchange
        return self._adapter

    def _after(self, failure: PbxError) -> None:
        if isinstance(failure, TlsFailed):
            self._adapter = None  # the next one looks anew at what the system trusts by then

    def _prepare(self, function: str, body: bytes | None) -> PreparedRequest:
        headers = {
            "User-Agent": f"ringbridge/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Cache-Control": "no-store",  # no cache may answer in the PBX's place
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        url = self._base.geturl() + (f"{function}/" if function else "")
        return Request("GET" if body is None else "POST", url, headers=headers, data=body).prepare()

    def _proxies(self) -> dict[str, str]:
        """The proxy to take, under the URL's scheme; empty = none. Looked up anew: networks change while we run."""
        wanted = self._account.proxy
        if wanted == "none" or _is_loopback(self._base.hostname or ""):
            return {}
        if not wanted:
            url = self._base.geturl()
            wanted = select_proxy(url, get_environ_proxies(url)) or ""
        return {self._base.scheme: wanted} if wanted else {}

    def _read(self, response: Response) -> RawAnswer:
        status = response.status_code
        if 300 <= status < 400:  # noqa: PLR2004 - 3xx
            raise AnswerNotUnderstood(_redirection(response.headers.get("Location", "")), status)
        described = Message()
        described["Content-Type"] = response.headers.get("Content-Type", "")
        body = bytearray()
        broken: AnswerLost | None = None
        outside = sys.exception()
        try:
            while piece := response.raw.read1(_PIECE, decode_content=True):
                body += piece
                if len(body) > self._limits.answer_bytes:
                    raise AnswerNotUnderstood("the answer is too long", status)
        except _FOREIGN as error:
            # what is there may be all there is to say: only the framing was wrong
            broken = AnswerLost(_in_words(_root(error, outside)))
        return RawAnswer(
            http_status=status, charset=described.get_content_charset(""), body=bytes(body), broken=broken
        )


def _base_url(account: AccountSettings) -> SplitResult:
    if not account.url:
        raise NoAccount("url")
    url = account.url if account.url.endswith("/") else f"{account.url}/"
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        parts, usable = None, False
    if parts is None or not usable or "@" in parts.netloc or parts.query or parts.fragment:
        raise Unreachable("the server's address is not a usable one")
    if not plain_http_allowed(replace(account, url=parts.geturl())):
        raise RequestInvalid("url", "plain http would show the password to the network")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")  # RFC 6761, section 6.3


def _redirection(location: str) -> str:
    """Where to, without path and query: with GET, a server may repeat the password there."""
    try:
        to = urlsplit(location)
        host = printable(to.hostname or "", 80)
    except ValueError:
        return "redirected"
    return f"redirected to {to.scheme}://{host}" if host and to.scheme in {"http", "https"} else "redirected"


def _chain(error: BaseException, outside: BaseException | None) -> list[BaseException]:
    """The error and all it holds: arguments, reasons, causes and contexts.

    Args:
        error: What the exchange came to.
        outside: What was being handled before it began, or None. It is the last context of all that went wrong since.
    """
    found: list[BaseException] = []
    ahead: list[Any] = [error]
    while ahead:
        item = ahead.pop(0)
        if isinstance(item, BaseException) and item is not outside and item not in found:
            found.append(item)
            ahead += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
    return found


def _root(error: BaseException, outside: BaseException | None) -> BaseException:
    """The operating system's, TLS's or http.client's own error among what the libraries wrapped around it."""
    chain = _chain(error, outside)
    for kind in (ssl.SSLCertVerificationError, ssl.SSLError, OSError, HTTPException):
        for item in chain:
            if isinstance(item, kind) and not isinstance(item, RequestException):
                return item
    return error


def _in_words(root: BaseException) -> str:
    """What went wrong, from parts that can't hold a URL."""
    match root:
        case RequestException():  # an OSError, but with words of its own about URLs
            text = type(root).__name__
        case ssl.SSLCertVerificationError():
            text = root.verify_message
        case ssl.SSLError():
            text = (root.reason or "TLS failed").replace("_", " ").lower()
        case TimeoutError():
            text = "timed out"
        case RemoteDisconnected():
            text = "the connection was closed without an answer"
        case IncompleteRead():
            text = "the answer ended too early"
        case OSError(strerror=str(words)):
            text = words
        case OSError(args=(str(words),)):
            text = words  # "Tunnel connection failed: 407 ..."
        case _:
            text = type(root).__name__
    return printable(text, 200)


def _failure(error: BaseException, exchange: Exchange, *, outside: BaseException | None, proxied: bool) -> PbxError:
    """The one place that decides whether a request may have left."""
    root = _root(error, outside)
    words = _in_words(root)
    if exchange.stage is Stage.SENT:
        if isinstance(root, HTTPException) and not isinstance(root, (RemoteDisconnected, IncompleteRead)):
            return AnswerNotUnderstood(f"the answer is no HTTP ({words})")
        return AnswerLost(words)
    return _nothing_sent(root, words, exchange.stage, proxied=proxied)


def _nothing_sent(root: BaseException, words: str, stage: Stage, *, proxied: bool) -> NothingSent:
    from_the_network = isinstance(root, (OSError, HTTPException)) and not isinstance(root, RequestException)
    if stage is Stage.PROXY or (proxied and stage is Stage.CONNECTING):
        return ProxyFailed(words if from_the_network else f"the proxy's address is not a usable one ({words})")
    if not from_the_network:
        return Unreachable(f"the server's address is not a usable one ({words})")
    if isinstance(root, ssl.SSLError) or (stage is Stage.TLS and not isinstance(root, TimeoutError)):
        return TlsFailed(words)
    return Unreachable(words)
