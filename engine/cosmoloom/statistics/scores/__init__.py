"""How two sets of fields differ, in single numbers: one file per score, each with what chance alone gives."""

from cosmoloom.statistics.scores.compatibility import Compatibility, compatibility
from cosmoloom.statistics.scores.diversity import Diversity, diversity
from cosmoloom.statistics.scores.floor import Floor, self_distance_floor
from cosmoloom.statistics.scores.frechet import FrechetScore, frechet_score, published_frechet_score
from cosmoloom.statistics.scores.memorisation import Memorisation, memorisation, nearest_correlation
from cosmoloom.statistics.scores.published_statistics import PublishedStatistics, published_statistics
from cosmoloom.statistics.scores.seams import Seams, seams
from cosmoloom.statistics.scores.two_sample import TwoSampleTest, two_sample_test

__all__ = [
    "Compatibility",
    "Diversity",
    "Floor",
    "FrechetScore",
    "Memorisation",
    "PublishedStatistics",
    "Seams",
    "TwoSampleTest",
    "compatibility",
    "diversity",
    "frechet_score",
    "memorisation",
    "nearest_correlation",
    "published_frechet_score",
    "published_statistics",
    "seams",
    "self_distance_floor",
    "two_sample_test",
]
