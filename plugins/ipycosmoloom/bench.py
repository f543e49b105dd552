"""Measure the explorer in JupyterLab and a browser: frames per second, and time from slider to settled picture.

Run as ``python -m ipycosmoloom.bench [--model NAME] [--positions 100] [--memory]``.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np

from ipycosmoloom.lab import open_browser, open_lab, show_notebook

PATIENCE = 300_000
"""Longest wait for a picture [ms]."""
EVENTS_PER_SECOND = 60
DRAG = """async ([positions, pause]) => {
  const root = document.querySelector(".cosmoloom");
  const range = [...document.querySelectorAll(".cl-slider")].find((row) => row.textContent.includes("redshift"))
    .querySelector("input");
  const frames = [], moved = new Map();
  const watch = new MutationObserver(() => frames.push([performance.now(), Number(root.dataset.redshift)]));
  watch.observe(root, { attributes: true, attributeFilter: ["data-serial"] });
  const low = Number(range.min), high = Number(range.max);
  const start = performance.now();
  for (let i = 0; i < positions; i += 1) {
    const due = start + i * pause;
    while (performance.now() < due) await new Promise((go) => setTimeout(go, due - performance.now()));
    range.value = String(Math.round(high - (i * (high - low)) / (positions - 1)));
    range.dispatchEvent(new Event("input"));
  }
  const released = performance.now();
  range.dispatchEvent(new Event("change"));
  const last = Number(range.parentNode.querySelector("input[type=number]").value);
  const at = (name) => Math.abs(Number(root.dataset[name]) - last) < 0.005;
  while (!at("redshift")) await new Promise((go) => setTimeout(go, 4));
  const shown = performance.now();
  while (!at("plotted")) await new Promise((go) => setTimeout(go, 4));
  watch.disconnect();
  return { start, released, shown, settled: performance.now(), frames };
}"""
CLICK = """async (share) => {
  const root = document.querySelector(".cosmoloom");
  const range = [...document.querySelectorAll(".cl-slider")].find((row) => row.textContent.includes("redshift"))
    .querySelector("input");
  const [before, plotted] = [root.dataset.redshift, root.dataset.plotted];
  range.value = String(Math.round(share * Number(range.max)));
  const start = performance.now();
  range.dispatchEvent(new Event("input"));
  range.dispatchEvent(new Event("change"));
  while (root.dataset.redshift === before) await new Promise((go) => setTimeout(go, 1));
  const shown = performance.now();
  while (root.dataset.plotted === plotted) await new Promise((go) => setTimeout(go, 1));
  return { slice: shown - start, settled: performance.now() - start };
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", default="primordial64")
    parser.add_argument("--positions", type=int, default=100)
    parser.add_argument("--memory", action="store_true", help="twenty explorers in this process instead of a browser")
    options = parser.parse_args()
    found = memory(options.model) if options.memory else in_browser(options.model, options.positions)
    print(json.dumps(found, indent=2))  # noqa: T201  a program that prints


def in_browser(model: str, positions: int) -> dict[str, Any]:
    """Drag the redshift, then click at single values; return rates [1/s] and times [ms]."""
    with TemporaryDirectory() as folder, open_lab(Path(folder)) as lab, open_browser() as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        show_notebook(page, lab, [f"from ipycosmoloom import Explorer\nexplorer = Explorer({model!r})\nexplorer"])
        page.wait_for_selector(".cosmoloom[data-plotted]", timeout=PATIENCE)
        page.evaluate(CLICK, 0.9)
        before = os.getloadavg()[0]
        drag = page.evaluate(DRAG, [positions, 1e3 / EVENTS_PER_SECOND])
        clicks = [page.evaluate(CLICK, share) for share in np.linspace(0.1, 0.8, 10)]
    times = np.array([when for when, _ in drag["frames"]])
    return {
        "model": model,
        "load": before,
        "frames of a drag": len(times),
        "frames per second": len(times) / (1e-3 * (drag["shown"] - drag["start"])),
        "drag, last slice after release [ms]": drag["shown"] - drag["released"],
        "drag, settled after release [ms]": drag["settled"] - drag["released"],
        "click to slice, median [ms]": float(np.median([click["slice"] for click in clicks])),
        "click to settled picture, median [ms]": float(np.median([click["settled"] for click in clicks])),
    }


def memory(model: str, count: int = 20) -> dict[str, Any]:
    """Open and close explorers in this process; return memory in use [MB]."""
    import gc

    from ipycosmoloom import Explorer

    first = Explorer(model)
    first.wait()  # loads what stays: libraries, tables
    first.close()
    gc.collect()
    sizes = {"before": _resident()}
    began, used = perf_counter(), process_time()
    explorers = [Explorer(model, seed=seed) for seed in range(count)]
    for explorer in explorers:
        explorer.wait()
    sizes[f"{count} explorers"] = _resident()
    spent = {"wall [s]": perf_counter() - began, "processor [s]": process_time() - used}
    for explorer in explorers:
        explorer.close()
    explorers.clear()
    gc.collect()
    sizes["all closed"] = _resident()
    return {"model": model, "load": os.getloadavg()[0], **spent, "resident [MB]": sizes}


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
