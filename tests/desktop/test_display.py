import pytest

from ringbridge.desktop.display import has_display, leave_out_gtk


@pytest.mark.parametrize(
    ("desktop", "chosen", "theme"),
    [
        ("ubuntu:GNOME", None, "gnome"),
        ("XFCE", None, "gnome"),
        ("X-Cinnamon", None, "gnome"),
        ("KDE", None, None),
        ("", None, None),
        ("GNOME", "gtk3", "gtk3"),
    ],
)
def test_gtk_stays_out_of_the_process_unless_the_user_wants_it(
    monkeypatch: pytest.MonkeyPatch, desktop: str, chosen: str | None, theme: str | None
) -> None:
    import os

    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    monkeypatch.setenv("QT_QPA_PLATFORMTHEME", "")  # so that it is put back afterwards
    monkeypatch.delenv("QT_QPA_PLATFORMTHEME")
    if chosen is not None:
        monkeypatch.setenv("QT_QPA_PLATFORMTHEME", chosen)
    leave_out_gtk()
    assert os.environ.get("QT_QPA_PLATFORMTHEME") == theme


def test_a_display_is_what_qt_would_use(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert not has_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert has_display()


def test_a_display_where_no_server_listens_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":4242.0")
    assert not has_display()
    monkeypatch.setenv("DISPLAY", "elsewhere:0")
    assert has_display()
