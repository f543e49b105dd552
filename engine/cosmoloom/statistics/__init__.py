"""What is measured: one file per statistic, batched on the device that holds the field."""

from cosmoloom.statistics.cross_power import CrossPower, cross_power
from cosmoloom.statistics.dice import DiceCurve, dice
from cosmoloom.statistics.mass_histogram import MassHistogram, mass_histogram
from cosmoloom.statistics.mean_density import MeanDensity, mean_density
from cosmoloom.statistics.peak_counts import PeakCounts, peak_counts
from cosmoloom.statistics.power_spectrum import PowerSpectrum, power_spectrum

__all__ = [
    "CrossPower",
    "DiceCurve",
    "MassHistogram",
    "MeanDensity",
    "PeakCounts",
    "PowerSpectrum",
    "cross_power",
    "dice",
    "mass_histogram",
    "mean_density",
    "peak_counts",
    "power_spectrum",
]
