r"""The name under which the running program listens on Windows; both ends of the pipe ask here."""


def pipe_name(path: str) -> str:
    r"""The pipe of a profile, such as ``\\.\pipe\ringbridge-0123456789abcdef``.

    Args:
        path: The profile's socket path. It holds the user's own folder, so no two users share a name.
    """
    from hashlib import sha256

    return rf"\\.\pipe\ringbridge-{sha256(path.casefold().encode()).hexdigest()[:32]}"
