"""Where the values of an indicator come from: free text, but for the sources that have a code and a word."""

from __future__ import annotations

from pmo.i18n.labels import WORDS, label
from pmo.web.forms import TextField

KIND = "indicator_source"


class SourceField(TextField):
    """A source as its reader writes it: a coded one is shown as its word, and the word is read as the code."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return label(KIND, self.data) if self.data in WORDS[KIND] else self.data or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        typed = (self.data or "").casefold()
        self.data = next((code for code in WORDS[KIND] if label(KIND, code).casefold() == typed), self.data)
