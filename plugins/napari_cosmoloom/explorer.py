"""The explorer's widget: builds the parts, starts the session when shown, stops it when closed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QEvent, Qt, QTimer, Signal
from qtpy.QtGui import QKeySequence, QShortcut
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from cosmoloom import models
from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer import ExplorerState, Limits, Session, Settings, colours
from cosmoloom_explorer.saved_session import Camera
from cosmoloom_explorer.training import Training
from napari_cosmoloom import napari_window
from napari_cosmoloom.actions import actions
from napari_cosmoloom.blind_test_window import BlindTestWindow
from napari_cosmoloom.bridge import Bridge
from napari_cosmoloom.cameras import place_camera
from napari_cosmoloom.controls.panel import ControlPanel
from napari_cosmoloom.docks import Docks
from napari_cosmoloom.draw_quality import DrawQuality
from napari_cosmoloom.drops import Drops
from napari_cosmoloom.exports.recorder import Recorder
from napari_cosmoloom.full_collections import FullCollections
from napari_cosmoloom.hud import Hud
from napari_cosmoloom.keeper import Keeper
from napari_cosmoloom.kept_grids import KeptGrids
from napari_cosmoloom.kept_programs import keep_programs
from napari_cosmoloom.kept_titles import KeptTitles
from napari_cosmoloom.key_list import KeyList
from napari_cosmoloom.latent_desk import LatentDesk
from napari_cosmoloom.layers import FieldLayers
from napari_cosmoloom.model_choice import ModelChoice
from napari_cosmoloom.presenter import Presenter
from napari_cosmoloom.region_brush import RegionBrush
from napari_cosmoloom.region_tool import RegionTool
from napari_cosmoloom.shortcuts import Shortcuts
from napari_cosmoloom.slice_panel import SlicePanel
from napari_cosmoloom.statistics_panel import StatisticsPanel
from napari_cosmoloom.undo import Undo
from napari_cosmoloom.views.arrangement import Arrangement
from napari_cosmoloom.views.large_volume_layer import LargeVolumeLayer
from napari_cosmoloom.views.pointing import Pointing
from napari_cosmoloom.views.warm_up import WarmUp
from napari_cosmoloom.weaving_desk import WeavingDesk

if TYPE_CHECKING:
    from cosmoloom.engine import Engine


class Explorer(QWidget):
    """Scrub latents, redshift and kappa of a generator; volume, slices and statistics follow.

    Parameters
    ----------
    napari_viewer : napari.Viewer
        The viewer to live in; napari hands it over by this name.
    settings : Settings, optional
        State to open with.
    engine : Engine, optional
        By default a new one on the best device.
    training : Training, optional
        Whose checkpoints to scrub through, and to follow while it runs.
    """

    closed = Signal()

    def __init__(
        self,
        napari_viewer: Any,
        *,
        settings: Settings | None = None,
        engine: Engine | None = None,
        training: Training | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("cosmoloom-explorer")
        self.viewer = napari_viewer
        colours.use(napari_window.theme(napari_viewer))
        self.session: Session | None = None
        self._engine = engine
        self._built = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        try:
            name = models.DEFAULT_MODEL if settings is None else settings.model
            card = models.read_card(name)
            limits = Limits.from_card(card)
            self.state = ExplorerState.from_settings(settings or limits.defaults(name), limits)
        except CosmoloomError as error:
            label = QLabel(str(error))
            label.setWordWrap(True)
            layout.addWidget(label)
            return
        self.controls = ControlPanel(self.state, tuple(models.names()), card, training)
        layout.addWidget(self.controls)
        self.setMinimumWidth(330)
        keep_programs()
        self._kept = KeptGrids(napari_viewer), KeptTitles(napari_viewer)
        napari_window.make_current_before_removals(napari_viewer)
        self.layers = FieldLayers(napari_viewer, card.n, card.voxel_size)
        self.slices = SlicePanel(self.state, card.box_size)
        self.models = ModelChoice(self.state, self.controls, self.slices, training)
        self.plots = StatisticsPanel(self.state, self.controls.show_error)
        self.quality = DrawQuality(napari_viewer, self.layers, self)
        self.arrangement = Arrangement(napari_viewer, self.state, self.layers, self)
        self.pointing = Pointing(napari_viewer, self.state, self.layers, self.arrangement)
        self.presenter = Presenter(
            napari_viewer, controls=self.controls, layers=self.layers, slices=self.slices, plots=self.plots,
            quality=self.quality, arrangement=self.arrangement, parent=self,
        )  # fmt: skip
        self.regions = RegionTool(
            napari_viewer, self.state, layers=self.layers, presenter=self.presenter, plots=self.plots, parent=self
        )
        self.keeper = Keeper(
            napari_viewer, self.state, self.controls, self.go_to,
            training=lambda: self.models.folder,
            latents=lambda: None if self._engine is None else self._engine.recipes.kept, parent=self,
        )  # fmt: skip
        self.undoing = Undo(self.state, self.controls.display, self.go_to, desk=lambda: self.desk, parent=self)
        self.brush = RegionBrush(napari_viewer, self.layers)
        self.desk = LatentDesk(
            self.state, self.controls, self.brush,
            frame=lambda: self.presenter.frame, record=self.undoing.record, parent=self,
        )  # fmt: skip
        self.weaving = WeavingDesk(
            self.state, self.controls, LargeVolumeLayer(napari_viewer, self.state, self.layers, self.arrangement, self),
            frame=lambda: self.presenter.frame, parent=self,
        )  # fmt: skip
        self.recorder = Recorder(self)
        self.drops = Drops(self)
        self._collections = FullCollections()
        self._warm_up = WarmUp(
            # Layers import it when first made, for 0.3 s.
            [lambda: import_module("pandas"), *self._makers()], lambda: self.quality.resting, self
        )  # fmt: skip
        self.docks = Docks(napari_viewer, self.slices, self.plots, self.layers, self)
        self._connect()
        self._built = True

    def _makers(self) -> list[Callable[[], Any]]:
        """Return what makes hidden layers ahead, but where a person sees them in napari's list."""
        if napari_window.lists_layers(self.viewer):
            return []
        return [*self.arrangement.compared.makers, self.brush.provide, self.regions.provide]

    def start(self) -> None:
        """Open the other docks and begin to answer; done by itself when the widget is shown."""
        if not self._built or self.session is not None:
            return
        self.docks.open()
        napari_window.keep_slider_room(self.viewer)
        in_software = self.quality.detect()
        if in_software:
            napari_window.isolate_canvas(self.viewer)
        self._bridge = Bridge(self)
        self._engine = self._engine or _new_engine()
        self.session = Session(self._engine, self._bridge.deliver, acknowledged=in_software)
        self.desk.start(self._engine, self._bridge.deliver)
        self.weaving.start(self._engine, self._bridge.deliver)
        self.presenter.connect_session(self.session)
        self.models.start(self._bridge.deliver)
        self._shortcuts = Shortcuts(self.viewer, actions(self))
        self.presenter.statistics_shown.connect(self._collections.leave_out)
        self.presenter.statistics_shown.connect(self._warm_up.begin)
        self.hud = Hud(self.viewer, self.quality)
        self.presenter.frame_shown.connect(self.hud.show_frame)
        self.viewer.scene.camera.events.connect(self._on_camera_moved)
        self._on_ndisplay_changed(self.state.ndisplay)
        self.session.request(self.state.snapshot())

    def stop(self) -> None:
        """Stop the worker, free memory and take out what the explorer added; safe to call twice."""
        session, self.session = self.session, None
        if session is None:
            return
        session.close()
        self.models.close()
        self.desk.close()
        self.weaving.close()
        self.undoing.close()
        self.docks.keep_camera()
        self.viewer.scene.camera.events.disconnect(self._on_camera_moved)
        self.presenter.frame_shown.disconnect(self.hud.show_frame)
        self.hud.close()
        self.quality.close()
        self._warm_up.close()
        self._collections.close()
        self._shortcuts.close()
        self.viewer.dims.events.disconnect(self._on_dims_moved)
        self.viewer.dims.events.ndisplay.disconnect(self._on_napari_ndisplay)
        self.regions.close()
        self.drops.close()
        self.pointing.close()
        self.arrangement.close()
        self.presenter.close()
        self.slices.clear()
        self.layers.release()
        self._engine = None
        self._built = False
        self._let_go_of_state()
        self.closed.emit()

    def _let_go_of_state(self) -> None:
        # psygnal keeps the signals of every state that still has one alive; functions connected to them, which know
        # the explorer, would keep the whole window in memory.
        self.state.events.disconnect()
        for name in self.state.events:
            self.state.events[name].disconnect()

    def dismantle(self) -> None:
        """Stop, and remove docks and layers from a viewer that stays open."""
        self.stop()
        if self.docks.remove():
            self.regions.remove()
            self.brush.remove()
            self.weaving.remove()
            self.drops.remove()
            self.arrangement.remove()
            self.layers.remove()
            for kept in self._kept:
                kept.remove()

    def go_to(self, settings: Settings, camera: Camera | None = None) -> None:
        """Show settings of any model, from a camera's point of view."""
        if settings.model != self.state.model and not self.models.use(settings.model):
            return
        try:
            self.state.restore(settings)
        except CosmoloomError as error:
            self.controls.show_error(str(error))
            return
        if camera is not None:
            self.docks.keep_camera()
            place_camera(self.viewer, camera)

    def show_keys(self) -> None:
        """List what keys do."""
        KeyList(actions(self), self).show()

    def blind_test(self) -> None:
        """Let a person try to tell generated slices from simulated ones, with the display as it is now."""
        if self.session is None or self.presenter.facts is None or self.presenter.facts.name != self.state.model:
            return
        device = self._engine.device if self._engine is not None else None
        window = BlindTestWindow(self.state.snapshot(), self.presenter.facts, partial(_new_engine, device), self)
        self.closed.connect(window.close)
        window.show()

    def event(self, event: Any) -> bool:
        """Start when shown; stop when taken out of the window or when the window closes."""
        kind = event.type()
        if kind == QEvent.Type.Show and self.parent() is not None:
            QTimer.singleShot(0, self._on_shown)
        elif kind == QEvent.Type.ParentChange and self.parent() is None and self.session is not None:
            # The dock's close button only takes the widget out of its dock.
            self.dismantle()
        elif kind == QEvent.Type.Hide and not event.spontaneous() and not self.window().isVisible():
            self.stop()
        return bool(super().event(event))

    def _connect(self) -> None:
        state, display = self.state, self.controls.display
        state.events.connect(self._on_state_changed)
        state.events.ndisplay.connect(self._on_ndisplay_changed)
        state.events.layout.connect(self.docks.make_room)
        state.events.slices.connect(lambda slices: self.layers.set_slice(slices[2]))
        self.controls.held.connect(self._on_held)
        self.quality.rested.connect(self._collections.allow)
        display.reset_camera.connect(self.layers.fit)
        display.keys.connect(self.show_keys)
        self.controls.reference.blind_test.connect(self.blind_test)
        self.controls.views.auto_contrast.connect(self.arrangement.auto_contrast)
        self.viewer.dims.events.current_step.connect(self._on_dims_moved)
        self.viewer.dims.events.ndisplay.connect(self._on_napari_ndisplay)
        self.presenter.frame_shown.connect(lambda _: self.layers.set_slice(self.state.slices[2]))
        self.presenter.frame_shown.connect(self.weaving.show_frame)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.plots)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.plots.clear)

    def _on_state_changed(self) -> None:
        self.undoing.touch()
        if self.session is not None:
            self.quality.touch()
            self._collections.postpone()
            self.session.request(self.state.snapshot())
            self.hud.ask(self.session.serial)

    def _on_camera_moved(self) -> None:
        if self.state.ndisplay == 3:
            self.quality.touch()

    def _on_held(self, held: bool) -> None:
        self.quality.hold(held)
        if held and self.session is not None:
            self._collections.postpone()

    def _on_ndisplay_changed(self, ndisplay: int) -> None:
        self.layers.set_ndisplay(ndisplay)
        self.layers.set_slice(self.state.slices[2])
        self.quality.apply()

    def _on_napari_ndisplay(self) -> None:
        """Follow napari's own button for volume and slice."""
        self.state.ndisplay = self.viewer.dims.ndisplay

    def _on_shown(self) -> None:
        if self.isVisible():  # the viewer may have been closed at once
            self.start()

    def _on_dims_moved(self) -> None:
        if self.layers.reshaping or self.layers.n != self.state.limits.n:
            return
        at = self.layers.slice_at
        if self.viewer.dims.ndisplay == 2 and self.viewer.dims.ndim == 3 and 0 <= at < self.state.limits.n:
            self.state.set_slice(2, at)


def _new_engine(device: str | None = None) -> Engine:
    from cosmoloom.engine import Engine

    return Engine(device)
