"""``mimeapps.list`` and ``mimeinfo.cache`` as texts: which programs stand for a type, and changing that.

Association between MIME types and applications, 1.0.1. Lines that do not concern us stay to the letter.
"""

from collections.abc import Collection, Mapping

DEFAULTS = "Default Applications"
ADDED = "Added Associations"
REMOVED = "Removed Associations"
CACHE = "MIME Cache"


def listed(text: str, group: str, mime_type: str) -> tuple[str, ...]:
    """The desktop ids that a group names for a type, the preferred first."""
    value = values(text, group).get(mime_type, "")
    return split(value)


def values(text: str, group: str) -> dict[str, str]:
    """All entries of a group as they stand there."""
    found: dict[str, str] = {}
    inside = False
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped == f"[{group}]"
        elif inside and "=" in stripped and not stripped.startswith("#"):
            key, _, value = stripped.partition("=")
            found.setdefault(key.rstrip(), value.lstrip())
    return found


def split(value: str) -> tuple[str, ...]:
    """The desktop ids in one value."""
    return tuple(part.strip() for part in value.split(";") if part.strip())


def with_values(text: str, group: str, changes: Mapping[str, str | None]) -> str:
    """The text with entries of a group set, or taken out where None is given; an empty group goes as well."""
    rest = dict(changes)
    lines: list[str] = []
    inside, begin, end = False, -1, -1
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped == f"[{group}]"
            begin = len(lines) if inside and begin < 0 else begin
        key = stripped.partition("=")[0].rstrip()
        if inside and "=" in stripped and key in changes and not stripped.startswith("#"):
            value = rest.pop(key, None)
            if value is None:
                continue
            line = f"{key}={value}"  # noqa: PLW2901 - the changed line takes its place
        lines.append(line)
        if inside and stripped:
            end = len(lines)
    added = [f"{key}={value}" for key, value in rest.items() if value is not None]
    if begin < 0 and added:
        lines += ([""] if lines and lines[-1].strip() else []) + [f"[{group}]"]
        end = len(lines)
    lines[max(end, 0) : max(end, 0)] = added
    if begin >= 0 and end == begin + 1 and not added and _had_entries(text, group):
        del lines[begin : begin + 1 + (begin + 1 < len(lines) and not lines[begin + 1].strip())]
    return "\n".join(lines) + "\n" if lines else ""


def without(text: str, desktop_id: str, *, mime_types: Collection[str]) -> str:
    """The text without a program in any group, for these types."""
    for group in (DEFAULTS, ADDED, REMOVED):
        changes: dict[str, str | None] = {}
        for mime_type, value in values(text, group).items():
            ids = split(value)
            if mime_type in mime_types and desktop_id in ids:
                left = [other for other in ids if other != desktop_id]
                changes[mime_type] = "".join(f"{other};" for other in left) or None
        if changes:
            text = with_values(text, group, changes)
    return text


def is_empty(text: str) -> bool:
    """Whether there is nothing but heads of groups and blank lines."""
    return all(not line.strip() or line.strip().startswith("[") for line in text.splitlines())


def _had_entries(text: str, group: str) -> bool:
    return bool(values(text, group))
