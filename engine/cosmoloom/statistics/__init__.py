"""What is measured: one file per statistic, batched on the device that holds the field."""

from cosmoloom.statistics.bispectrum import Bispectrum, bispectrum, equilateral_bispectrum, squeezed_bispectrum
from cosmoloom.statistics.correlation_function import CorrelationFunction, correlation_function
from cosmoloom.statistics.covariance import Covariance, covariance
from cosmoloom.statistics.cross_power import CrossPower, cross_power
from cosmoloom.statistics.dice import DiceCurve, dice
from cosmoloom.statistics.dice_ensemble import DiceEnsemble, RandomDice, dice_ensemble, random_dice
from cosmoloom.statistics.mass_histogram import MassHistogram, mass_histogram, particle_histogram
from cosmoloom.statistics.mean_density import MeanDensity, mean_density
from cosmoloom.statistics.minkowski_functionals import MinkowskiFunctionals, minkowski_functionals
from cosmoloom.statistics.minkowski_gaussian import minkowski_gaussian
from cosmoloom.statistics.peak_counts import PeakCounts, peak_counts
from cosmoloom.statistics.peak_positions import PeakPositions, peak_positions
from cosmoloom.statistics.power_spectrum import PowerSpectrum, power_spectrum
from cosmoloom.statistics.soft_histogram import SoftCounts, soft_histogram
from cosmoloom.statistics.soft_peaks import soft_peak_counts
from cosmoloom.statistics.transfer_function import TransferFunction, transfer_function

__all__ = [
    "Bispectrum",
    "CorrelationFunction",
    "Covariance",
    "CrossPower",
    "DiceCurve",
    "DiceEnsemble",
    "MassHistogram",
    "MeanDensity",
    "MinkowskiFunctionals",
    "PeakCounts",
    "PeakPositions",
    "PowerSpectrum",
    "RandomDice",
    "SoftCounts",
    "TransferFunction",
    "bispectrum",
    "correlation_function",
    "covariance",
    "cross_power",
    "dice",
    "dice_ensemble",
    "equilateral_bispectrum",
    "mass_histogram",
    "mean_density",
    "minkowski_functionals",
    "minkowski_gaussian",
    "particle_histogram",
    "peak_counts",
    "peak_positions",
    "power_spectrum",
    "random_dice",
    "soft_histogram",
    "soft_peak_counts",
    "squeezed_bispectrum",
    "transfer_function",
]
