"""The command line's end of the running program's named pipe on Windows: a connection with a deadline for reading.

The other end is `ringbridge.desktop.instance_pipe`.
"""

import sys

if sys.platform == "win32":
    import ctypes
    import queue
    import threading
    from ctypes import wintypes

    _GENERIC_READ_WRITE = 0xC0000000
    _OPEN_EXISTING = 3
    # SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION: the one who listens may learn who we are, not act in our name
    _IDENTIFICATION_ONLY = 0x00100000 | 0x00010000
    _INVALID_HANDLE = wintypes.HANDLE(-1).value
    _ERROR_PIPE_BUSY = 231
    _PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
    _TOKEN_QUERY = 8
    _TOKEN_USER = 1
    _BUFFER = 64 * 1024

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    _kernel32.CreateFileW.restype = wintypes.HANDLE
    _kernel32.CreateFileW.argtypes = [
        wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, wintypes.LPVOID, wintypes.DWORD, wintypes.DWORD,
        wintypes.HANDLE,
    ]  # fmt: skip
    _kernel32.WaitNamedPipeW.argtypes = [wintypes.LPCWSTR, wintypes.DWORD]
    _kernel32.GetNamedPipeServerProcessId.argtypes = [wintypes.HANDLE, ctypes.POINTER(wintypes.ULONG)]
    _kernel32.OpenProcess.restype = wintypes.HANDLE
    _kernel32.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
    _kernel32.GetCurrentProcess.restype = wintypes.HANDLE
    _kernel32.CloseHandle.argtypes = [wintypes.HANDLE]
    _advapi32.OpenProcessToken.argtypes = [wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.HANDLE)]
    _advapi32.GetTokenInformation.argtypes = [
        wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD, ctypes.POINTER(wintypes.DWORD),
    ]  # fmt: skip
    _advapi32.EqualSid.argtypes = [wintypes.LPVOID, wintypes.LPVOID]

    class PipeConnection:
        """A connection over a named pipe.

        Reads run on a daemon thread, because a synchronous pipe has no read timeout; a read that nobody waits for
        any more does not hold the program at exit.

        Args:
            name: The pipe, as `pipe_name` gives it.
            busy_ms: How long to wait for a free instance of the pipe.

        Raises:
            OSError: There is no such pipe, or another user listens.
        """

        def __init__(self, name: str, busy_ms: int = 2000) -> None:
            import msvcrt
            import os

            handle = _open(name)
            if handle == _INVALID_HANDLE and ctypes.get_last_error() == _ERROR_PIPE_BUSY:
                _kernel32.WaitNamedPipeW(name, busy_ms)
                handle = _open(name)
            if handle is None or handle == _INVALID_HANDLE:
                raise ctypes.WinError(ctypes.get_last_error())
            descriptor = msvcrt.open_osfhandle(handle, os.O_BINARY)
            self._file = open(descriptor, "r+b", buffering=0)  # noqa: PTH123, SIM115 - a descriptor; see `close`
            try:
                _check_server(handle)
            except OSError:
                self._file.close()
                raise
            self._received: queue.SimpleQueue[bytes | OSError] = queue.SimpleQueue()
            self._reader: threading.Thread | None = None
            self._left = False

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
            """Let go. A read still under way closes the handle when it ends: closing under it would wait."""
            self._left = True
            if self._reader is None or not self._reader.is_alive():
                self._file.close()

        def _read(self) -> None:
            try:
                while data := self._file.read(_BUFFER):
                    self._received.put(data)
                self._received.put(b"")
            except BrokenPipeError:  # Windows' way of saying that the other end has closed
                self._received.put(b"")
            except OSError as error:
                self._received.put(error)
            if self._left:
                self._file.close()

    def _open(name: str) -> int | None:
        return _kernel32.CreateFileW(name, _GENERIC_READ_WRITE, 0, None, _OPEN_EXISTING, _IDENTIFICATION_ONLY, None)

    def _check_server(handle: int) -> None:
        """Anybody may make a pipe of any name first: what is handed over is for this user's own program only.

        Raises:
            OSError: Another user listens, or who it is can't be told.
        """
        process_id = wintypes.ULONG()
        if not _kernel32.GetNamedPipeServerProcessId(handle, ctypes.byref(process_id)):
            raise ctypes.WinError(ctypes.get_last_error())
        process = _kernel32.OpenProcess(_PROCESS_QUERY_LIMITED_INFORMATION, 0, process_id.value)
        if not process:
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            theirs = _user_of(process)
        finally:
            _kernel32.CloseHandle(process)
        if not _advapi32.EqualSid(_sid_in(theirs), _sid_in(_user_of(_kernel32.GetCurrentProcess()))):
            raise PermissionError("another user listens")

    def _user_of(process: int) -> "ctypes.Array[ctypes.c_char]":
        """The TOKEN_USER of a process: a pointer to its user's SID, and behind it the SID."""
        token = wintypes.HANDLE()
        if not _advapi32.OpenProcessToken(process, _TOKEN_QUERY, ctypes.byref(token)):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            size = wintypes.DWORD()
            _advapi32.GetTokenInformation(token, _TOKEN_USER, None, 0, ctypes.byref(size))
            user = ctypes.create_string_buffer(size.value)
            if not _advapi32.GetTokenInformation(token, _TOKEN_USER, user, size, ctypes.byref(size)):
                raise ctypes.WinError(ctypes.get_last_error())
        finally:
            _kernel32.CloseHandle(token)
        return user

    def _sid_in(user: "ctypes.Array[ctypes.c_char]") -> ctypes.c_void_p:
        return ctypes.c_void_p.from_buffer(user)
