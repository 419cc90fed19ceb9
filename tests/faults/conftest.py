"""Faults strike here, on purpose; the environment must not add its own."""

import os
from pathlib import Path

import pytest
import trustme


@pytest.fixture(scope="session")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The roots of somebody else."""
    path = tmp_path_factory.mktemp("strangers") / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(autouse=True)
def _known_environment(monkeypatch: pytest.MonkeyPatch, strangers: Path) -> None:
    """No proxies, and a system that trusts one stranger: reading a real one's roots takes 27 ms a test."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(strangers))
    monkeypatch.setenv("SSL_CERT_DIR", str(strangers.parent / "none"))
