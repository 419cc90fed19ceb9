"""Which settings are in force: what the files say at the moment of a question, whoever wrote them.

The company's policy, an editor and other processes change files without a word. So they are looked at whenever
something is read or decided, on the lane that does it: a call is judged by the policy of that moment.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Self

from ringbridge.services.region import effective_region
from ringbridge.ui.session import Session

if TYPE_CHECKING:
    from ringbridge.core.settings import AccountSettings, Settings
    from ringbridge.services.settings_file import LoadedSettings, SettingsFile
    from ringbridge.ui.tasks import GuiInvoker

_SHOWN_PROBLEMS = 4


class InForce(NamedTuple):
    """What the files say.

    Attributes:
        settings: The settings, with the account that is fixed where one is.
        region: Two letters of ISO 3166 for numbers without a country code.
        loaded: The policy, and what is wrong with the files.
    """

    settings: "Settings"
    region: str
    loaded: "LoadedSettings"


class SettingsInForce:
    """Looks at the files for the lanes, and keeps the session as they say.

    Args:
        file: Looked at only, and by one lane at a time.
        account: Stands in for the settings' account (the demo's), or None.
        invoker: Brings what is new to the GUI thread, before the result of the job that found it.
    """

    def __init__(self, file: "SettingsFile", *, account: "AccountSettings | None", invoker: "GuiInvoker") -> None:
        self._file = file
        self._account = account
        self._invoker = invoker
        self._session: Session | None = None
        self._told = ""

    def load(self) -> Self:
        """Read the files for the first time. On a lane."""
        self._found = self._of(self._file.load())
        return self

    def now(self) -> "tuple[Settings, str]":
        """The settings and the region of this moment. On a lane: it looks at the disk."""
        loaded = self._file.look()
        if loaded is not None:
            self._found = self._of(loaded)
            self._invoker.call(partial(self._use, self._found))
        return self._found.settings, self._found.region

    def begin(self, *, tell: Callable[[str], None], account_changed: Callable[[], None]) -> Session:
        """Make the session. GUI thread, as all below.

        Args:
            tell: Shows a sentence about what is wrong with the files.
            account_changed: Called after somebody else changed the account.
        """
        self._tell, self._account_changed = tell, account_changed
        found = self._found
        self._session = Session(found.settings, found.region, found.loaded.policy.locked)
        return self._session

    def show_problems(self) -> None:
        """Say what is wrong with the files, once."""
        self._show(self._found.loaded)

    def saved(self, settings: "Settings") -> None:
        """This program wrote the settings."""
        if self._session is not None:
            self._session.use(self._with_account(settings), effective_region(settings))

    def close(self) -> None:
        """Change the session no more. Safe to call twice."""
        self._session = None

    def _use(self, found: InForce) -> None:
        session = self._session
        if session is None:
            return
        before = session.settings.account
        session.use(found.settings, found.region, found.loaded.policy.locked)
        self._show(found.loaded)
        if found.settings.account != before:
            self._account_changed()

    def _show(self, loaded: "LoadedSettings") -> None:
        policy = loaded.policy
        sentence = ""
        if loaded.notice is not None or loaded.problems or policy.notice is not None or policy.problems:
            from ringbridge.ui.wording import error_sentence, policy_sentences, problem_sentence

            sentences = policy_sentences(policy)[:_SHOWN_PROBLEMS]
            sentences += [error_sentence(loaded.notice)] if loaded.notice else []
            sentences += [problem_sentence(problem) for problem in loaded.problems[:_SHOWN_PROBLEMS]]
            sentence = " ".join(sentences)
        if sentence and sentence != self._told:
            self._tell(sentence)
        self._told = sentence

    def _of(self, loaded: "LoadedSettings") -> InForce:
        return InForce(self._with_account(loaded.settings), effective_region(loaded.settings), loaded)

    def _with_account(self, settings: "Settings") -> "Settings":
        return replace(settings, account=self._account) if self._account else settings
