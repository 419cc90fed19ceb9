"""The running program's named pipe on Windows, with a deadline for reading."""

import sys

if sys.platform == "win32":
    import ctypes
    import queue
    import threading
    from ctypes import wintypes

    _GENERIC_READ_WRITE = 0xC0000000
    _OPEN_EXISTING = 3
    # the one who listens may learn who we are and not act in our name (impersonation)
    _SECURITY_IDENTIFICATION_ONLY = 0x00100000 | 0x00010000
    _INVALID_HANDLE = wintypes.HANDLE(-1).value
    _ERROR_PIPE_BUSY = 231
    _BUFFER = 64 * 1024

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.CreateFileW.restype = wintypes.HANDLE
    _kernel32.CreateFileW.argtypes = [
        wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, wintypes.LPVOID, wintypes.DWORD, wintypes.DWORD,
        wintypes.HANDLE,
    ]  # fmt: skip
    _kernel32.WaitNamedPipeW.argtypes = [wintypes.LPCWSTR, wintypes.DWORD]

    class PipeConnection:
        r"""A connection over a named pipe.

        Reads run on a daemon thread, because a synchronous pipe has no read timeout; a read that nobody waits for
        any more does not hold the program at exit.

        Args:
            path: Such as ``\\.\pipe\ringbridge-…``.
            busy_ms: How long to wait for a free instance of the pipe.

        Raises:
            OSError: There is no such pipe, or it is not ours.
        """

        def __init__(self, path: str, busy_ms: int = 2000) -> None:
            import msvcrt
            import os

            handle = _open(path)
            if handle == _INVALID_HANDLE and ctypes.get_last_error() == _ERROR_PIPE_BUSY:
                _kernel32.WaitNamedPipeW(path, busy_ms)
                handle = _open(path)
            if handle == _INVALID_HANDLE:
                raise ctypes.WinError(ctypes.get_last_error())
            self._file = open(msvcrt.open_osfhandle(handle, os.O_BINARY), "r+b", buffering=0)  # noqa: PTH123, SIM115
            self._received: queue.SimpleQueue[bytes | OSError] = queue.SimpleQueue()
            self._reader: threading.Thread | None = None

        def send_line(self, line: bytes) -> None:
            """Hand a line over, whole."""
            rest = memoryview(line)
            while rest:
                rest = rest[self._file.write(rest) :]

        def receive(self, timeout_s: float) -> bytes:
            """Some bytes, or none at the end.

            Raises:
                TimeoutError: Nothing came in time.
                OSError: The connection broke.
            """
            if self._reader is None:
                self._reader = threading.Thread(target=self._read, name="instance pipe", daemon=True)
                self._reader.start()
            try:
                data = self._received.get(timeout=timeout_s)
            except queue.Empty:
                raise TimeoutError from None
            if isinstance(data, OSError):
                raise data
            return data

        def close(self) -> None:
            """Let go; a pending read ends with the process, closing under it could wait for it."""
            if self._reader is None or not self._reader.is_alive():
                self._file.close()

        def _read(self) -> None:
            try:
                while data := self._file.read(_BUFFER):
                    self._received.put(data)
            except OSError as error:
                self._received.put(error)
            else:
                self._received.put(b"")

    def _open(path: str) -> int | None:
        return _kernel32.CreateFileW(
            path, _GENERIC_READ_WRITE, 0, None, _OPEN_EXISTING, _SECURITY_IDENTIFICATION_ONLY, None
        )
