"""The explorer without a toolkit: what it remembers, how it asks the engine, what it draws as figures."""

from cosmoloom_explorer.frames import Frame, ModelFacts, StatisticsFrame
from cosmoloom_explorer.history import History
from cosmoloom_explorer.session import Session
from cosmoloom_explorer.settings import Limits, Settings
from cosmoloom_explorer.state import ExplorerState
from cosmoloom_explorer.view import View, resolve

__all__ = [
    "ExplorerState",
    "Frame",
    "History",
    "Limits",
    "ModelFacts",
    "Session",
    "Settings",
    "StatisticsFrame",
    "View",
    "resolve",
]
