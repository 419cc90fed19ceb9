"""GNOME's and Cinnamon's custom shortcuts, with the real `gsettings` on a keyfile of the test's own."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.shortcuts.gsettings import CINNAMON, GNOME, Flavour, GsettingsShortcuts
from ringbridge.desktop.shortcuts.port import ShortcutsUnreachable, ShortcutTaken, ShortcutWish

COMMAND = ("/opt/the app/ringbridge", "--profile", "it's", "redial")
WISH = ShortcutWish(HotkeyAction.REDIAL, "Ctrl+Alt+R", "Redial", COMMAND)

# As far as they matter here, what gnome-settings-daemon, mutter and Cinnamon bring.
SCHEMAS = """\
<schemalist>
  <schema id="org.gnome.settings-daemon.plugins.media-keys" path="/org/gnome/settings-daemon/plugins/media-keys/">
    <key name="custom-keybindings" type="as"><default>[]</default></key>
    <key name="terminal" type="as"><default>['&lt;Primary&gt;&lt;Alt&gt;t']</default></key>
  </schema>
  <schema id="org.gnome.settings-daemon.plugins.media-keys.custom-keybinding">
    <key name="name" type="s"><default>''</default></key>
    <key name="binding" type="s"><default>''</default></key>
    <key name="command" type="s"><default>''</default></key>
  </schema>
  <schema id="org.gnome.desktop.wm.keybindings" path="/org/gnome/desktop/wm/keybindings/">
    <key name="show-desktop" type="as"><default>['&lt;Control&gt;&lt;Alt&gt;d', '&lt;Super&gt;d']</default></key>
  </schema>
  <schema id="org.cinnamon.desktop.keybindings" path="/org/cinnamon/desktop/keybindings/">
    <key name="custom-list" type="as"><default>[]</default></key>
  </schema>
  <schema id="org.cinnamon.desktop.keybindings.custom-keybinding">
    <key name="name" type="s"><default>''</default></key>
    <key name="binding" type="as"><default>[]</default></key>
    <key name="command" type="s"><default>''</default></key>
  </schema>
</schemalist>
"""


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of nobody: a folder with these schemas, and a keyfile."""
    if shutil.which("gsettings") is None or shutil.which("glib-compile-schemas") is None:
        pytest.skip("not installed: gsettings")
    folder = tmp_path / "data" / "glib-2.0" / "schemas"
    folder.mkdir(parents=True)
    (folder / "test.gschema.xml").write_text(SCHEMAS)
    subprocess.run(["glib-compile-schemas", "--strict", str(folder)], check=True)
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("GSETTINGS_BACKEND", "keyfile")
    monkeypatch.delenv("GSETTINGS_SCHEMA_DIR", raising=False)
    return folder


@pytest.fixture(params=[GNOME, CINNAMON], ids=["gnome", "cinnamon"])
def flavour(request: pytest.FixtureRequest, schemas: Path) -> Flavour:
    return request.param


def gsettings(*arguments: str) -> str:
    return subprocess.run(["gsettings", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def test_a_key_is_entered_moved_and_taken_out_again(flavour: Flavour) -> None:
    shortcuts = GsettingsShortcuts(flavour)
    assert shortcuts.availability().usable
    assert shortcuts.installed() == {}
    shortcuts.install(WISH)
    assert shortcuts.installed() == {HotkeyAction.REDIAL: "<Primary><Alt>r"}
    place = f"{flavour.entry_schema}:{flavour.folder}ringbridge-redial/"
    assert gsettings("get", place, "name") == "'Ringbridge: Redial'"
    expected = """"'/opt/the app/ringbridge' --profile 'it'\\"'\\"'s' redial\""""
    assert gsettings("get", place, "command").replace("\\'", "'") == expected
    shortcuts.install(WISH._replace(combination="Ctrl+Alt+E"))
    assert shortcuts.installed() == {HotkeyAction.REDIAL: "<Primary><Alt>e"}
    assert gsettings("get", flavour.schema, flavour.key).count("ringbridge") == 1
    assert shortcuts.remove() == (HotkeyAction.REDIAL,)
    assert shortcuts.installed() == {}
    assert gsettings("get", place, "command") == "''"
    assert shortcuts.remove() == ()


def test_entries_of_others_stay(flavour: Flavour) -> None:
    name = f"{flavour.folder}custom0/" if flavour.lists_paths else "custom0"
    gsettings("set", flavour.schema, flavour.key, f"['{name}']")
    place = f"{flavour.entry_schema}:{flavour.folder}custom0/"
    gsettings("set", place, "name", "'Music'")
    gsettings("set", place, "binding", "['<Super>m']" if flavour.many_keys else "'<Super>m'")
    shortcuts = GsettingsShortcuts(flavour)
    with pytest.raises(ShortcutTaken) as taken:
        shortcuts.install(WISH._replace(combination="Super+M"))
    assert taken.value.holder == "Music"
    assert shortcuts.installed() == {}
    shortcuts.install(WISH)
    shortcuts.install(WISH._replace(action=HotkeyAction.HANG_UP, combination="Ctrl+Alt+H"))
    assert shortcuts.remove(but=[HotkeyAction.HANG_UP]) == (HotkeyAction.REDIAL,)
    assert shortcuts.remove() == (HotkeyAction.HANG_UP,)
    assert gsettings("get", flavour.schema, flavour.key) == f"['{name}']"
    assert "<Super>m" in gsettings("get", place, "binding")


@pytest.mark.parametrize(
    ("combination", "holder"),
    [("Ctrl+Alt+T", "GNOME: terminal"), ("Super+D", "GNOME: show desktop"), ("Super+X", "")],
)
def test_keys_of_the_desktop_itself_are_named(schemas: Path, combination: str, holder: str) -> None:
    assert GsettingsShortcuts(GNOME).holder(combination) == holder


def test_each_profile_has_entries_of_its_own(schemas: Path) -> None:
    GsettingsShortcuts(GNOME).install(WISH)
    other = GsettingsShortcuts(GNOME, "work")
    assert other.installed() == {}
    with pytest.raises(ShortcutTaken) as taken:
        other.install(WISH)
    assert taken.value.holder == "Ringbridge: Redial"


def test_a_desktop_without_the_schema_is_not_usable(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (schemas / "test.gschema.xml").write_text("<schemalist></schemalist>")
    subprocess.run(["glib-compile-schemas", str(schemas)], check=True)
    assert GsettingsShortcuts(GNOME).availability().reason == "no_shortcut_settings"
    with pytest.raises(ShortcutsUnreachable):
        GsettingsShortcuts(GNOME).install(WISH)
    monkeypatch.setenv("PATH", "/nowhere")
    assert GsettingsShortcuts(GNOME).availability().reason == "no_gsettings"
