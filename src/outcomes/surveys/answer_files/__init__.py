"""Answers that another tool exported: which tool, which columns, which cells, all as text."""

from outcomes.surveys.answer_files.answer_file import AnswerColumn, AnswerFile, Kind, RowRule
from outcomes.surveys.answer_files.folding import fold, fold_name
from outcomes.surveys.answer_files.recognition import KINDS, TITLES, read_answer_file

__all__ = [
    "KINDS",
    "TITLES",
    "AnswerColumn",
    "AnswerFile",
    "Kind",
    "RowRule",
    "fold",
    "fold_name",
    "read_answer_file",
]
