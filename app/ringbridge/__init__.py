"""Ringbridge: click to call from any program through one's own phone and PBX."""

__version__ = "0.1.0"
