"""The history: a row for each wish to call, written before the PBX is asked and completed after."""

from ringbridge.services.history.store import History

__all__ = ["History"]
