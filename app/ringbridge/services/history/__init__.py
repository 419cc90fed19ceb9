"""The history: a row for each wish to call, written before the PBX is asked and completed after."""

from ringbridge.services.history.questions import CallLimits, PastCalls
from ringbridge.services.history.store import History

__all__ = ["CallLimits", "History", "PastCalls"]
