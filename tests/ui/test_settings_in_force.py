"""A wish is judged by what the files say in that moment; a real policy file, a real PBX that rings nobody."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallOutcome, Origin, Outcome
from ringbridge.core.settings import AccountSettings, Settings
from ringbridge.core.targets import Target
from ringbridge.services.call_facts import FactFinder
from ringbridge.services.settings_file import SettingsFile
from ringbridge.ui.calling import Caller, Wish
from ringbridge.ui.reading import Reader
from ringbridge.ui.session import Session
from ringbridge.ui.settings_in_force import SettingsInForce

from .conftest import Parts

REFUSES = 'locked = ["guards.refused_countries"]\n[guards]\nrefused_countries = ["US"]\n'


@dataclass
class Office:
    """A caller whose settings are files.

    Attributes:
        told: The sentences about files.
        doubts: How often somebody else changed the account.
    """

    parts: Parts
    settings_path: Path
    policy_path: Path
    told: list[str] = field(default_factory=list[str])
    doubts: int = 0

    def __post_init__(self) -> None:
        self.in_force = SettingsInForce(
            SettingsFile(self.settings_path, policy_files=(self.policy_path,)),
            account=None,
            invoker=self.parts.invoker,
        ).load()
        self.session: Session = self.in_force.begin(tell=self.told.append, account_changed=self._doubt)
        finder = FactFinder(lambda: self.parts.history, now=lambda: self.parts.now)
        reader = Reader(in_force=self.in_force.now, lane=self.parts.work_lane, facts=lambda: finder)
        self.caller = Caller(
            session=self.session, reader=reader, dialer=self.parts.dialer, lane=self.parts.calls_lane
        )

    def _doubt(self) -> None:
        self.doubts += 1

    def want(self, qtbot: QtBot, number: str, **wish: object) -> CallOutcome:
        outcomes: list[CallOutcome] = []
        self.caller.want(
            Wish(target=Target(e164=number), origin=Origin.CARD, said_yes=True, **wish),  # pyright: ignore[reportArgumentType] - a test's shorthand
            outcomes.append,
        )
        qtbot.waitUntil(lambda: bool(outcomes))
        return outcomes[0]


@pytest.fixture
def office(parts: Parts, tmp_path: Path) -> Office:
    settings = tmp_path / "config" / "settings.toml"
    file = SettingsFile(settings)
    file.load()
    file.save(Settings(region="US", account=parts.session.settings.account))
    return Office(parts, settings, tmp_path / "policy.toml")


def test_a_policy_holds_from_the_moment_in_which_it_is_written(qtbot: QtBot, office: Office) -> None:
    assert office.want(qtbot, "+12125550142").outcome is Outcome.REQUESTED
    office.policy_path.write_text(REFUSES)
    assert office.want(qtbot, "+12125550143").problem == "gate_country_refused"
    assert office.session.locked == {"guards.refused_countries"}
    office.policy_path.write_text("locked = [")
    outcome = office.want(qtbot, "+19005551234")
    assert outcome.problem == "gate_premium"
    assert "can't be used" in office.told[-1]
    office.policy_path.unlink()
    assert office.want(qtbot, "+12125550144").outcome is Outcome.REQUESTED
    assert len(office.parts.pbx.calls) == 2
    assert len(office.told) == 1


def test_several_wishes_at_once_are_all_judged_by_the_new_policy(qtbot: QtBot, office: Office) -> None:
    office.policy_path.write_text(REFUSES)
    problems: list[str] = []
    for last in range(5):
        wish = Wish(target=Target(e164=f"+1212555014{last}"), origin=Origin.CARD, said_yes=True)
        office.caller.want(wish, lambda outcome: problems.append(outcome.problem))
    qtbot.waitUntil(lambda: len(problems) == 5)
    assert set(problems) == {"gate_country_refused"}
    assert office.parts.pbx.calls == ()


def test_a_policy_that_changes_keeps_the_wish_as_it_is(qtbot: QtBot, office: Office) -> None:
    office.policy_path.write_text('[dialing]\noutside_prefix = "9"\n')
    outcome = office.want(qtbot, "+12125550142", caller_id="2125550100", options={"auto_answer": True})
    assert outcome.outcome is Outcome.REQUESTED
    assert outcome.dialed.startswith("9")
    order = office.parts.pbx.calls[0].order
    assert (order.callerid2, order.answer1) == ("2125550100", True)
    assert len(office.parts.pbx.calls) == 1


def test_a_rule_that_nobody_can_read_meanwhile_holds_the_call_back(qtbot: QtBot, office: Office) -> None:
    office.policy_path.write_text('[dialing]\nrules = ["[", "X. => 0"]\n')
    assert office.want(qtbot, "+12125550142").problem == "input_rule_unreadable"
    refused: list[str] = []
    office.caller.want_passed_on(
        Wish(target=Target(e164="+12125550142"), origin=Origin.TYPED),
        lambda _destination: pytest.fail("it is not allowed"),
        lambda _judged: pytest.fail("nobody is asked"),
        lambda outcome: refused.append(outcome.problem),
    )
    qtbot.waitUntil(lambda: refused == ["input_rule_unreadable"])
    assert office.parts.pbx.calls == ()


def test_what_the_policy_locks_meanwhile_is_no_option_of_a_call(qtbot: QtBot, office: Office) -> None:
    office.policy_path.write_text('locked = ["account.caller_id"]\n[account]\ncaller_id = "12125550188"\n')
    outcome = office.want(qtbot, "+12125550142", caller_id="12125550100")
    assert outcome.problem == "gate_option_locked"
    assert office.parts.pbx.calls == ()


def test_an_editor_changes_the_settings_and_breaks_them(qtbot: QtBot, office: Office) -> None:
    good = office.settings_path.read_text()
    office.settings_path.write_text(good + '\n[guards]\nnever_call = ["+12125550142"]\n')
    assert office.want(qtbot, "+12125550142").problem == "gate_never_call"
    office.settings_path.write_text(good + "\n[guards\n")
    assert office.want(qtbot, "+12125550142").problem == "gate_never_call"
    assert "What it said before still holds" in office.told[-1]
    assert office.want(qtbot, "+12125550143").outcome is Outcome.REQUESTED
    office.settings_path.write_text(good)
    assert office.want(qtbot, "+12125550142").outcome is Outcome.REQUESTED
    assert (len(office.told), office.doubts) == (1, 0)


def test_an_account_that_an_editor_changes_is_told(qtbot: QtBot, office: Office) -> None:
    other = office.settings_path.read_text().replace('line = "', 'line = "9')
    office.settings_path.write_text(other)
    office.want(qtbot, "+12125550142")
    assert office.doubts == 1


def test_the_demo_keeps_its_account(parts: Parts, tmp_path: Path) -> None:
    account = AccountSettings(url="https://demo.example/api/", username="demo", line="1001")
    path = tmp_path / "settings.toml"
    path.write_text('[account]\nline = "7"\n')
    in_force = SettingsInForce(SettingsFile(path), account=account, invoker=parts.invoker).load()
    session = in_force.begin(tell=pytest.fail, account_changed=lambda: pytest.fail("it is the same one"))
    assert session.settings.account == account
    in_force.saved(Settings(region="DE", account=AccountSettings(line="8")))
    assert (session.settings.account, session.region) == (account, "DE")
    path.write_text('[account]\nline = "9"\n')
    assert in_force.now()[0].account == account


def test_at_the_end_nothing_changes_any_more(qtbot: QtBot, office: Office) -> None:
    office.in_force.close()
    office.in_force.close()
    office.policy_path.write_text(REFUSES)
    with qtbot.assertNotEmitted(office.session.changed, wait=50):
        office.in_force.now()
