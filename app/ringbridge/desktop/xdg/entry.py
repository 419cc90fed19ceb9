"""Desktop entries as text: reading one, changing single keys of one, and writing a command into one.

Desktop Entry Specification 1.5. Keys that are not ours, translations and comments stay as they are.
"""

from collections.abc import Mapping, Sequence

GROUP = "[Desktop Entry]"
_MUST_BE_QUOTED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_ESCAPED_IN_QUOTES = frozenset('"`$\\')


def read_entry(text: str) -> dict[str, str]:
    """The keys of the main group with their values as they stand there; what is no entry gives none."""
    keys: dict[str, str] = {}
    inside = False
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped == GROUP
        elif inside and not stripped.startswith("#"):
            key, separator, value = stripped.partition("=")
            if separator:
                keys.setdefault(key.rstrip(), value.lstrip())
    return keys


def with_keys(text: str, changes: Mapping[str, str | None]) -> str:
    """The text with keys of its main group set, or taken out where None is given; the rest stays to the letter."""
    rest = dict(changes)
    lines: list[str] = []
    inside, end = False, -1
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped == GROUP
        key = stripped.partition("=")[0].rstrip()
        if inside and key in changes and not stripped.startswith("#"):
            value = rest.pop(key, None)
            if value is None:
                continue
            line = f"{key}={value}"  # noqa: PLW2901 - the changed line takes its place
        lines.append(line)
        if inside and stripped:
            end = len(lines)
    if end < 0:
        lines.append(GROUP)
        end = len(lines)
    lines[end:end] = [f"{key}={value}" for key, value in rest.items() if value is not None]
    return "\n".join(lines) + "\n"


def is_true(value: str | None, *, default: bool = False) -> bool:
    """A value of type boolean."""
    return default if value is None else value.strip().lower() in {"true", "1"}


def exec_line(command: Sequence[str], *field_codes: str) -> str:
    """The value of ``Exec``: quoted, with percent signs and backslashes doubled as the specification wants it.

    Args:
        command: The program and its arguments.
        field_codes: Such as ``%u``; they stand as they are.
    """
    arguments = [_quoted(argument.replace("%", "%%")) for argument in command]
    # first come the rules of Exec, then those of any value, in which a backslash is written as two
    return " ".join([*(argument.replace("\\", "\\\\") for argument in arguments), *field_codes])


def command_in(exec_value: str) -> tuple[str, ...]:
    """The program and its arguments in a value of ``Exec``, without field codes; empty where it can't be read."""
    value, words, at = exec_value.replace("\\\\", "\\"), list[str](), 0
    while at < len(value):
        if value[at] == " ":
            at += 1
            continue
        word = ""
        if value[at] == '"':
            at += 1
            while at < len(value) and value[at] != '"':
                at += value[at] == "\\"
                word += value[at : at + 1]
                at += 1
            if at >= len(value):
                return ()
            at += 1
        else:
            end = value.find(" ", at)
            end = len(value) if end < 0 else end
            word, at = value[at:end], end
            if len(word) == len("%u") and word[0] == "%" and word != "%%":
                continue
        words.append(word.replace("%%", "%"))
    return tuple(words)


def _quoted(argument: str) -> str:
    if argument and not _MUST_BE_QUOTED & set(argument):
        return argument
    escaped = "".join(f"\\{letter}" if letter in _ESCAPED_IN_QUOTES else letter for letter in argument)
    return f'"{escaped}"'
