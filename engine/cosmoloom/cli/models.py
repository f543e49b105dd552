"""``cosmoloom models``: what is bundled, where it holds and how far off it was measured to be."""

from __future__ import annotations

from typing import Annotated

import typer


def models(
    model: Annotated[str | None, typer.Argument(help="A name or folder; all by default.")] = None,
) -> None:
    """List the bundled models with their ranges and measured errors, or one model in full."""
    from rich.console import Console
    from rich.table import Table

    from cosmoloom.models import names, read_card, refiner_names

    if model is not None:
        print(read_card(model).to_markdown())
        return
    table = Table(title="Bundled models", show_lines=True)
    for column in ("name", "voxels", "box [Mpc/h]", "redshift", "kappa [mean]", "measured on held-out boxes"):
        table.add_column(column)
    for name in names():
        card = read_card(name)
        table.add_row(
            name,
            f"{card.n}^{card.dimensions}",
            f"{card.box_size:g}",
            _span(card.redshift_range),
            _span(card.kappa_range) if card.kappa_conditions else "-",
            measured_summary(card.measured),
        )
    for name in refiner_names():
        card = read_card(name)
        table.add_row(name, "doubles any grid", "any", _span(card.redshift_range), "-", measured_summary(card.measured))
    console = Console()
    console.print(table if table.row_count else "no models are bundled with this build")


def _span(limits: tuple[float, float]) -> str:
    low, high = limits
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def measured_summary(measured: dict[str, object]) -> str:
    """Return one line per measured number; nested tables stand in the model's card."""
    lines = [
        f"{name}: {value:.3g}" if isinstance(value, float) else f"{name}: {value}"
        for name, value in measured.items()
        if isinstance(value, int | float | str)
    ]
    return "\n".join(lines) or ("see cosmoloom models NAME" if measured else "nothing yet")
