"""Who opens phone links, asked of the desktop's own tools."""

from pathlib import Path

import pytest

from ringbridge.assets import find_resource
from ringbridge.core.errors import StorageUnavailable
from ringbridge.desktop import links_xdg
from ringbridge.desktop.links_xdg import LinksXdg
from ringbridge.desktop.registration_ports import Registration
from support.xdg_home import XdgHome, run

TEL = "x-scheme-handler/tel"
TYPES = f"{TEL};x-scheme-handler/callto;x-scheme-handler/sip;"
OURS = "ringbridge.desktop"
LISTS = """\
# kept by hand
[Added Associations]
text/plain=editor.desktop;

[Default Applications]
text/html=browser.desktop
x-scheme-handler/tel=softphone.desktop;
# the end
"""


@pytest.fixture
def xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> XdgHome:
    return XdgHome(tmp_path, monkeypatch)


def links(xdg: XdgHome) -> LinksXdg:
    return LinksXdg(
        template=Path(find_resource("ringbridge.desktop")),
        icon=Path(find_resource("icons/ringbridge.svg")),
        record=xdg.home / ".local/state/ringbridge/links.json",
    )


def opener(scheme: str = "tel") -> str:
    return run("xdg-mime", "query", "default", f"x-scheme-handler/{scheme}")


def test_the_desktop_finds_the_entry_in_every_spelling_of_a_scheme(xdg: XdgHome) -> None:
    links(xdg).register(default=False)
    entry = xdg.data / "applications" / OURS
    assert run("desktop-file-validate", str(entry)) == ""
    for scheme in ("tel", "TEL", "Tel", "callto", "CALLTO", "sip", "SIP"):
        assert opener(scheme) == OURS
    assert OURS in run("gio", "mime", TEL)
    assert (xdg.data / "icons/hicolor/scalable/apps/ringbridge.svg").is_file()
    assert links(xdg).state().registration is Registration.USER


def test_nothing_is_taken_from_a_program_that_opens_links_without_having_been_chosen(xdg: XdgHome) -> None:
    xdg.install("softphone", TYPES)
    assert opener() == "softphone.desktop"
    handler = links(xdg)
    handler.register(default=False)
    assert opener() == "softphone.desktop"
    assert "default application for “x-scheme-handler/tel”: softphone" in run("gio", "mime", TEL).replace(
        "Default", "default"
    )
    state = handler.state()
    assert (state.openers["tel"], state.ours) == ("Softphone", frozenset())


def test_everything_is_given_back(xdg: XdgHome) -> None:
    xdg.install("softphone", TYPES)
    xdg.install("other", TYPES)
    before = xdg.tree()
    handler = links(xdg)
    handler.register(default=False)
    handler.register(default=True)
    assert [opener(scheme) for scheme in ("tel", "callto", "sip")] == [OURS] * 3
    assert handler.state().ours == {"tel", "callto", "sip"}
    handler.register(default=True)
    handler.unregister()
    assert xdg.tree() == before
    assert [path for path in xdg.home.rglob("*") if path.is_dir() and not path.match("*.local*")] == []
    handler.unregister()
    assert xdg.tree() == before


def test_a_list_that_is_kept_by_hand_comes_back_to_the_letter(xdg: XdgHome) -> None:
    xdg.install("softphone", TYPES)
    xdg.write(xdg.config / "mimeapps.list", LISTS)
    before = xdg.tree()
    handler = links(xdg)
    handler.register(default=True)
    assert opener() == OURS
    text = (xdg.config / "mimeapps.list").read_text()
    assert "# kept by hand" in text
    assert "x-scheme-handler/tel=ringbridge.desktop;softphone.desktop;" in text
    handler.unregister()
    assert xdg.tree() == before
    assert opener() == "softphone.desktop"


def test_a_list_of_this_desktop_alone_is_heeded(xdg: XdgHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:X-Other")
    xdg.install("softphone", TYPES)
    xdg.write(xdg.config / "x-other-mimeapps.list", f"[Default Applications]\n{TEL}=softphone.desktop\n")
    before = xdg.tree()
    handler = links(xdg)
    handler.register(default=True)
    assert opener() == OURS
    assert handler.state().ours == {"tel", "callto", "sip"}
    handler.unregister()
    assert xdg.tree() == before


@pytest.mark.parametrize("tool", ["gio", "xdg-mime"])
def test_another_program_that_was_chosen_later_stays(xdg: XdgHome, tool: str) -> None:
    xdg.install("softphone", TYPES)
    handler = links(xdg)
    handler.register(default=True)
    choose = (
        ("gio", "mime", TEL, "softphone.desktop")
        if tool == "gio"
        else ("xdg-mime", "default", "softphone.desktop", TEL)
    )
    run(*choose)
    assert handler.state().ours == {"callto", "sip"}
    handler.unregister()
    assert opener() == "softphone.desktop"
    assert OURS not in "".join(xdg.tree().values())
    assert f"{TEL}=softphone.desktop" in (xdg.config / "mimeapps.list").read_text()


def test_a_program_that_was_chosen_between_two_times_of_ours_is_given_back(xdg: XdgHome) -> None:
    xdg.install("softphone", TYPES)
    handler = links(xdg)
    handler.register(default=True)
    run("xdg-mime", "default", "softphone.desktop", TEL)
    handler.register(default=True)
    assert opener() == OURS
    handler.unregister()
    assert f"{TEL}=softphone.desktop\n" in (xdg.config / "mimeapps.list").read_text()


def test_where_a_package_has_brought_the_entry_no_second_one_is_written(xdg: XdgHome) -> None:
    xdg.install("ringbridge", TYPES)
    handler = links(xdg)
    assert handler.state().registration is Registration.SYSTEM
    handler.register(default=True)
    assert not (xdg.data / "applications" / OURS).exists()
    assert opener() == OURS
    handler.unregister()
    assert xdg.tree() == {}


def test_a_copy_that_is_gone_and_another_copy_are_told_apart(xdg: XdgHome, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    xdg.install("ringbridge", TYPES, exec_line=f"{other} %u", user=True)
    assert links(xdg).state().registration is Registration.OTHER_COPY
    other.unlink()
    assert links(xdg).state().registration is Registration.BROKEN
    links(xdg).register(default=False)
    assert links(xdg).state().registration is Registration.USER


def test_an_entry_that_a_person_wrote_stays(xdg: XdgHome) -> None:
    entry = xdg.install("ringbridge", TYPES, user=True)
    links(xdg).unregister()
    assert entry.exists()


def test_without_a_record_what_is_ours_goes_all_the_same(xdg: XdgHome) -> None:
    xdg.write(xdg.config / "mimeapps.list", LISTS)
    handler = links(xdg)
    handler.register(default=True)
    (xdg.home / ".local/state/ringbridge/links.json").write_text('{"lists": {"x": 5}}')
    handler.unregister()
    assert OURS not in "".join(xdg.tree().values())
    assert f"{TEL}=softphone.desktop;" in (xdg.config / "mimeapps.list").read_text()


def test_a_list_behind_a_symbolic_link_stays_there(xdg: XdgHome) -> None:
    kept = xdg.write(xdg.home / "dotfiles/mimeapps.list", LISTS)
    xdg.config.mkdir()
    (xdg.config / "mimeapps.list").symlink_to(kept)
    handler = links(xdg)
    handler.register(default=True)
    assert (xdg.config / "mimeapps.list").is_symlink()
    assert OURS in kept.read_text()
    handler.unregister()
    assert kept.read_text() == LISTS


def test_a_folder_that_can_not_be_written_is_said(xdg: XdgHome) -> None:
    xdg.write(xdg.config, "no folder")
    with pytest.raises(StorageUnavailable) as error:
        links(xdg).register(default=True)
    assert "mimeapps.list" in str(error.value) or ".config" in str(error.value)


def test_in_a_sandbox_the_desktop_is_named_as_the_place_to_choose(
    xdg: XdgHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert links(xdg).availability().usable
    monkeypatch.setattr(links_xdg, "in_sandbox", lambda: True)
    assert links(xdg).availability() == (False, "in_sandbox", "choose_in_desktop")
