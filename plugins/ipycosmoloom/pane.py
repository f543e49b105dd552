"""A widget that shows parts of an explorer: binds traits to the state, and sends pixels while there is room."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal

from traitlets import Dict, List, TraitError, Unicode, validate

from cosmoloom.errors import CosmoloomError
from ipycosmoloom import front_end, messages, projection, wire
from ipycosmoloom.flow import PATIENCE, Flow
from ipycosmoloom.settings_traits import SETTING_OF, SettingsTraits, values

if TYPE_CHECKING:
    from ipycosmoloom.live import LiveExplorer

Part = Literal["controls", "redshift", "slices", "volume", "statistics"]
RESTS_AFTER = 20.0
"""An explorer that no page shows any more gives its memory back after this time [s]."""


class Pane(SettingsTraits):
    """Parts of an explorer in one widget.

    Every setting is a trait: setting it moves the explorer and all of its views, observing it tells of every move.

    Parameters
    ----------
    live : LiveExplorer
        What is shown.
    parts : iterable of str
        Which parts, in their order.

    Attributes
    ----------
    plane : str
        The slices' plane, "x-y", "x-z" or "y-z".
    camera : list of float
        Yaw and pitch of the volumes [degree], and zoom [1].
    """

    _esm = front_end.script()
    _css = front_end.style()
    plane = Unicode("x-y", help="The slices' plane.").tag(sync=True)
    camera = List(list(projection.CAMERA), help="Yaw and pitch of the volumes [degree], and zoom.").tag(sync=True)
    parts = List(Unicode(), help="What the widget shows.").tag(sync=True)
    facts = Dict(help="Ranges and names of the model's controls.").tag(sync=True)
    palettes = Dict(help="Tables of 256 colours, RGB bytes.").tag(sync=True)

    def __init__(self, live: LiveExplorer, parts: Iterable[Part]) -> None:
        self.live = live
        self._flow = Flow()
        self._lock = RLock()
        self._pages: dict[str, bool] = {}
        self._owed: dict[str, None] = {}
        self._pictured: wire.Pictured = wire.NOTHING
        self._retrying = False
        self._busy = False
        now = values(live.state.snapshot())
        super().__init__(**now, parts=list(parts), facts=wire.facts(live), palettes=wire.palettes())
        self.live.state.events.connect(self._on_state_changed)
        self.on_msg(self._on_message)
        live.attach(self)

    @property
    def has_room(self) -> bool:
        """Whether another frame may be sent; a widget that no page shows keeps nobody waiting."""
        return not self._pages or (not self._owed and self._flow.has_room)

    @property
    def pages(self) -> int:
        """How many pages show this widget now."""
        return len(self._pages)

    def close(self) -> None:
        """Take the widget off its pages."""
        with suppress(ValueError):  # closed before
            self.live.state.events.disconnect(self._on_state_changed)
        self._pages.clear()
        self.live.detach(self)
        super().close()

    def show_model(self) -> None:
        """Show the facts of another model."""
        self.facts = wire.facts(self.live)

    def show_frame(self) -> None:
        """Send fields, or have them sent once there is room."""
        self._owe("frame")

    def show_statistics(self) -> None:
        """Send curves, or have them sent once there is room."""
        if "statistics" in self.parts:
            self._owe("statistics")

    def show_error(self, text: str) -> None:
        """Show one line of an error until the next frame."""
        self._tell("error", text=text)

    def show_busy(self, busy: bool) -> None:
        """Show whether something is computed."""
        if busy != self._busy:  # of every question, while one follows the other
            self._busy = busy
            self._tell("busy", busy=busy)

    def show_closed(self) -> None:
        """Say that nothing moves any more."""
        self._tell("closed")

    @validate("plane")
    def _on_plane_proposed(self, proposal: Any) -> str:
        if proposal["value"] not in messages.PLANE_NAMES:
            raise TraitError(f"plane is one of {', '.join(messages.PLANE_NAMES)}, got {proposal['value']!r}")
        self.live.loop.deliver(lambda: self._owe("frame"))
        return str(proposal["value"])

    @validate("camera")
    def _on_camera_proposed(self, proposal: Any) -> list[float]:
        yaw, pitch, zoom = (float(value) for value in proposal["value"])
        if not (-90 <= pitch <= 90 and zoom > 0):
            raise TraitError(f"camera is yaw, pitch in [-90, 90] and a positive zoom, got {proposal['value']}")
        if not all(self._pages.values()):  # a page that cannot draw volumes has them drawn here
            self.live.loop.deliver(lambda: self._owe("frame"))
        return [yaw, pitch, zoom]

    @validate(*SETTING_OF)
    def _on_setting_proposed(self, proposal: Any) -> Any:
        name, value = SETTING_OF[proposal["trait"].name], proposal["value"]
        state = self.live.state
        if name == "model" and value != state.model:
            self.live.use_model(value)
        else:
            setattr(state, name, value)
        return getattr(state, name)

    def _on_state_changed(self, *_: object) -> None:
        with self._lock:
            now = values(self.live.state.snapshot())
            changed = {name: value for name, value in now.items() if getattr(self, name) != value}
            with self.hold_sync():
                for name, value in changed.items():
                    self.set_trait(name, value)
                self.facts = wire.facts(self.live)
        if {"slices", "ndisplay"} & set(changed):
            self.live.loop.deliver(lambda: self._owe("frame"))

    def _on_message(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        """Answer the browser; the thread is that of the comms, which need not be the main one."""
        answer = {
            "hello": self._on_hello,
            "bye": self._on_bye,
            "set": self._on_set,
            "ack": self._on_acknowledged,
            "do": self._on_do,
        }[content["kind"]]
        answer(content)

    def _on_hello(self, content: dict[str, Any]) -> None:
        self._pages[content["page"]] = content["webgl"]
        self._flow.reset()
        self._pictured = wire.NOTHING
        self.live.loop.deliver(self._greet)

    def _greet(self) -> None:
        if self.live.closed:
            self.show_closed()
            return
        self.live.ask()
        for kind in ("frame", "statistics"):
            if getattr(self.live, kind) is not None and (kind == "frame" or kind in self.parts):
                self._owe(kind)

    def _on_bye(self, content: dict[str, Any]) -> None:
        self._pages.pop(content["page"], None)
        if not self._pages:
            self._flow.reset()
            self.live.loop.deliver(self.live.rest_of_frame_shown)
            self.live.rest_unless_seen(RESTS_AFTER)

    def _on_set(self, content: dict[str, Any]) -> None:
        self._on_acknowledged({"number": content.get("shown", 0)})
        try:
            for name, value in content["values"].items():
                if name in (*SETTING_OF, "plane", "camera"):
                    setattr(self, name, value)
        except (CosmoloomError, TraitError) as error:
            self.show_error(str(error))
            self.send_state(list(content["values"]))
        self._tell("heard", number=content["number"], serial=self.live.serial)

    def _on_acknowledged(self, content: dict[str, Any]) -> None:
        self._flow.acknowledge(content["number"])
        self.live.loop.deliver(self._flush)

    def _on_do(self, content: dict[str, Any]) -> None:
        action = {"undo": self.live.undo, "redo": self.live.redo, "settled": self.live.record}[content["what"]]
        try:
            action()
        except CosmoloomError as error:  # a model's folder may have gone meanwhile
            self.show_error(str(error))
        self.facts = wire.facts(self.live)

    def _owe(self, kind: str) -> None:
        if self._pages:
            self._owed[kind] = None
            self._flush()

    def _flush(self) -> None:
        """Send what is owed, always the newest, while there is room; on the kernel's main loop."""
        while self._owed and self._flow.has_room:
            kind = next(iter(self._owed))
            del self._owed[kind]
            self._ship(kind)
        if self._owed and not self._retrying:  # should an answer get lost, another look is due
            self._retrying = True
            self.live.loop.later(PATIENCE, self._on_retry)
        self.live.rest_of_frame_shown()

    def _on_retry(self) -> None:
        self._retrying = False
        self._flush()

    def _ship(self, kind: str) -> None:
        live = self.live
        if kind == "statistics" and live.statistics is not None:
            words, buffers = messages.statistics_message(live.statistics, live.plots)
        elif kind != "statistics" and live.frame is not None:
            wanted = wire.Wanted.of(self, webgl=all(self._pages.values()))
            words, arrays, self._pictured = wire.frame_message(
                live, wanted, self._pictured, simulated_volume=kind == "simulated volume"
            )
            buffers = [array.tobytes() for array in arrays]
            if wire.lacks_volume(live, wanted, self._pictured):
                self._owed["simulated volume"] = None
            kind = "frame"
        else:
            return
        self._tell(kind, buffers=buffers, number=self._flow.number(), **words)

    def _tell(self, kind: str, *, buffers: list[bytes] | None = None, **words: Any) -> None:
        self.send({"kind": kind, **words}, buffers=buffers)
