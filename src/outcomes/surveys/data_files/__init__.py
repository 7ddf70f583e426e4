"""Answers as files of other programs: SPSS, Stata, R, CSV, and DDI for data archives."""

from outcomes.surveys.data_files.assemble import META, Part, Wanted, assemble
from outcomes.surveys.data_files.coarsening import coarsened, without
from outcomes.surveys.data_files.columns import Code
from outcomes.surveys.data_files.dataset import AboutData, Dataset, Written
from outcomes.surveys.data_files.formats import ENDINGS, Format, dataset_files
from outcomes.surveys.data_files.recognizable import caution, refuse_recognizable

__all__ = [
    "ENDINGS",
    "META",
    "AboutData",
    "Code",
    "Dataset",
    "Format",
    "Part",
    "Wanted",
    "Written",
    "assemble",
    "caution",
    "coarsened",
    "dataset_files",
    "refuse_recognizable",
    "without",
]
