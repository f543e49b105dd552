"""Plots of live statistics: prepared axes, artists that only get new data, and what a person can choose of them."""

from cosmoloom_explorer.plots.names import DEFAULT_PLOTS, MOST, PLOTS, TITLES, checked_plots, further

__all__ = ["DEFAULT_PLOTS", "MOST", "PLOTS", "TITLES", "checked_plots", "further"]
