from outcomes.errors import DataError, FileError, OutcomesError, Refusal, RowsRefused, one_of

REFUSALS = [
    Refusal(row=4, column="place", problem="'x' is not a known place", mend="Allowed: eastbank"),
    Refusal(row=9, column="count", problem="'many' is not a number", mend="Write a number"),
]


def test_a_file_error_names_path_place_problem_and_mend() -> None:
    error = FileError("tips.csv", "row 3", "the cell is empty", "Fill it")
    assert str(error) == "tips.csv, row 3: the cell is empty. Fill it"
    assert (error.path, error.place) == ("tips.csv", "row 3")


def test_a_file_error_without_a_place_names_the_file_alone() -> None:
    assert str(FileError("a.csv", "", "the file is empty", "Check it")).startswith("a.csv: the")


def test_refused_rows_speak_of_the_first_and_keep_them_all() -> None:
    error = RowsRefused("tips.csv", REFUSALS, read=20)
    assert str(error).startswith("tips.csv, row 4, column place: 'x' is not a known place")
    assert error.refusals == tuple(REFUSALS)
    assert error.read == 20


def test_a_refusal_is_one_sentence_with_its_mend() -> None:
    assert str(REFUSALS[1]) == "row 9, column count: 'many' is not a number. Write a number"


def test_every_error_is_an_outcomes_error_and_bad_data_is_a_value_error_too() -> None:
    assert issubclass(FileError, OutcomesError)
    assert issubclass(DataError, OutcomesError)
    assert issubclass(DataError, ValueError)


def test_a_misspelled_word_is_answered_with_the_likely_one_whatever_its_case() -> None:
    assert one_of("estbank", ["eastbank", "millrow"]).startswith("Did you mean 'eastbank'?")
    assert one_of("EASTBANK", ["eastbank", "millrow"]).startswith("Did you mean 'eastbank'?")
    assert one_of("eastbnk", ["Eastbank"]).startswith("Did you mean 'Eastbank'?")


def test_a_foreign_word_is_answered_with_what_is_allowed() -> None:
    assert one_of("zzz", ["eastbank", "millrow"]) == "Allowed: eastbank, millrow"


def test_a_long_list_of_words_is_cut_and_an_empty_one_is_said_to_be_empty() -> None:
    assert one_of("zzz", list("abcdef"), at_most=2) == "Allowed: a, b, …"
    assert one_of("zzz", []) == "There are none yet"
