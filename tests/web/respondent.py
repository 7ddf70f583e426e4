"""A respondent for tests: reads the forms of a page as a browser does, and sends them."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any


class PageForms(HTMLParser):
    """The forms of a page with what they would send, and their buttons."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.title = ""
        self._open: dict[str, Any] | None = None
        self._area = ""
        self._in_title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._in_title = True
        if tag == "form":
            self._open = {"action": found["action"], "id": found.get("id", ""), "fields": [],
                          "inputs": {}}  # fmt: skip
            self.forms.append(self._open)
        elif self._open is not None and tag in {"input", "textarea"}:
            self._field(tag, found)

    def _field(self, tag: str, found: dict[str, str]) -> None:
        kind, name = found.get("type", tag), found.get("name", "")
        self._open["inputs"].setdefault(name, []).append((kind, found.get("value", "")))
        if kind in {"radio", "checkbox"} and "checked" not in found:
            return
        if tag == "textarea":
            self._area = name
        self._open["fields"].append([name, found.get("value", "")])

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        if self._area and self._open:
            self._open["fields"][-1][1] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag == "textarea":
            self._area = ""
        if tag == "title":
            self._in_title = False


class Respondent:
    """Somebody with a browser, who follows each page to the next one."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.page: Any = None

    def open(self, url: str) -> "Respondent":
        self.page = self.browser.get(url)
        return self.follow()

    def follow(self) -> "Respondent":
        for _ in range(5):
            if self.page.status_code != 303:
                return self
            self.page = self.browser.get(self.page.headers["location"])
        raise AssertionError("the pages send on and on")

    @property
    def text(self) -> str:
        return unescape(self.page.text)

    @property
    def path(self) -> str:
        return str(self.page.url.raw_path, "ascii").partition("?")[0]

    def form(self, number: int = 0) -> dict[str, Any]:
        forms = PageForms(self.page.text).forms
        named = [form for form in forms if form["id"] == "page"]
        return named[0] if named else forms[number]

    def data(self, number: int = 0, **changes: str) -> dict[str, list[str]]:
        """What the page's form would send, as names with all their values."""
        found: dict[str, list[str]] = {}
        for name, value in self.form(number)["fields"]:
            found.setdefault(name, []).append(value)
        return found | {"do": ["next"]} | {name: [value] for name, value in changes.items()}

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.form()["fields"] if key == name]

    def send(self, do: str, answers: dict[str, str | list[str]] | None = None, *,
             form: int = 0, follow: bool = True) -> "Respondent":  # fmt: skip
        """Change what stands in the page's form, and press a button."""
        found = self.form(form)
        fields = [pair for pair in found["fields"] if pair[0] not in (answers or {})]
        for name, value in (answers or {}).items():
            assert name in found["inputs"], f"{name} stands not on this page"
            fields += [[name, each] for each in ([value] if isinstance(value, str) else value)]
        fields.append(["do", do])
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        self.page = self.browser.post(found["action"], data=data)
        return self.follow() if follow else self

    def begin(self, url: str) -> str:
        """Begin a form, and go to its first page; gives the code that was shown."""
        self.open(url).send("begin")
        assert self.page.status_code == 200, self.text
        code = re.search(r'class="shown-code"[^>]*>([^<]+)<', self.page.text)
        assert code, self.text
        self.open(re.search(r'class="button" href="([^"]+)"', self.page.text)[1])
        return code[1]

    def first_answers(self) -> dict[str, str | list[str]]:
        """The first choice of every question of this page, and something in every field."""
        answers: dict[str, str | list[str]] = {}
        for name, inputs in self.form()["inputs"].items():
            kind, value = inputs[0]
            if name.startswith("a.") and kind in {"radio", "checkbox"}:
                answers[name] = value
            elif name.startswith("a."):
                answers[name] = "2025-02-01" if kind == "date" else "3"
        return answers

    def finish(self) -> str:
        """Answer page after page with the first choices, send; gives the receipt."""
        for _ in range(40):
            if self.path.endswith("/send"):
                break
            self.send("next", self.first_answers())
        self.send("send")
        receipt = re.search(r'class="shown-code"[^>]*>([^<]+)<', self.page.text)
        assert receipt, self.text
        return receipt[1]
