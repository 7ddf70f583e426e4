"""Label sets: the codes of columns with numbers for SPSS and Stata, each set of labels once."""

import re
from collections.abc import Iterable, Sequence

from outcomes.surveys.data_files.columns import Code, free_name
from outcomes.surveys.data_files.dataset import CodeLabel, LabelSet

_MOST = 2_000_000_000  # what a whole number of these programs holds
_FIRST_OWN = -901  # from here down, numbers for codes in words that mean no answer


class LabelSets:
    """Gathers label sets; columns with the same codes and labels share one."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.sets: dict[str, LabelSet] = {}
        self._values = set(values)  # cells of number columns: no made-up number may be one
        self._none: dict[str, int] = {}  # code in words that means no answer -> its number

    def add(self, codes: Sequence[Code], *, name: str) -> str:
        """Find or make the label set of a column.

        Args:
            codes: Of the column, in their order.
            name: What the set is to be called, such as the list of choices.

        Returns:
            The name of the set; "" where there are no codes.
        """
        if not codes:
            return ""
        numbered = self._numbered(codes)
        for each in self.sets.values():
            if each.codes == numbered:
                return each.name
        called = free_name(name, set(self.sets))
        self.sets[called] = LabelSet(name=called, codes=numbered)
        return called

    def _numbered(self, codes: Sequence[Code]) -> tuple[CodeLabel, ...]:
        real = [each.code for each in codes if not each.missing]
        own = all(map(is_whole, real))
        numbers = {code: int(code) if own else at for at, code in enumerate(real, start=1)}
        taken = set(numbers.values())
        for each in codes:
            if each.missing:
                numbers[each.code] = self._missing_number(each.code, taken)
        return tuple(
            CodeLabel(
                code=each.code,
                number=numbers[each.code],
                label=each.label,
                missing=each.missing,
            )
            for each in codes
        )

    def _missing_number(self, code: str, taken: set[int]) -> int:
        if is_whole(code) and int(code) not in taken:
            return int(code)
        if code not in self._none:
            number = _FIRST_OWN
            while number in self._none.values() or str(number) in self._values or number in taken:
                number -= 1
            self._none[code] = number
        return self._none[code]


def is_whole(code: str) -> bool:
    """Whether a code is a whole number as it is written: 3 or -9, not 03 and not 3.0."""
    return re.fullmatch(r"0|-?[1-9]\d{0,9}", code) is not None and abs(int(code)) <= _MOST
