"""The codebook as a page that a coder keeps beside the screen: Markdown or plain HTML."""

from html import escape

from outcomes.media.codebook import Codebook, Example, Question, Rule

_TONES = {-1: "negative", 0: "neutral", 1: "positive"}
_STYLE = (
    "body{font:16px/1.45 system-ui,sans-serif;max-width:46rem;margin:1.5rem auto;padding:0 1rem}"
    "h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:1.6rem}h3{font-size:1rem;margin:1.1rem 0 0}"
    "p{margin:.3rem 0}ul{margin:.3rem 0 .3rem 1.1rem;padding:0}li{margin:.25rem 0}"
    ".code{font-weight:700}.why{color:#444}@media print{body{font-size:12px;margin:0}}"
)
_PARTS = (("R", "Is it about law enforcement?"), ("T", "Tone, in this order"), ("M", "Other marks"))


def code_in_words(example: Example) -> str:
    """Say the code of an example: "positive, mixed"."""
    if example.tone is None:
        return "not relevant"
    marks = [
        word for word, on in (("mixed", example.mixed), ("self-credit", example.self_credit)) if on
    ]
    return ", ".join([_TONES[example.tone], *marks])


def codebook_markdown(codebook: Codebook) -> str:
    """Lay a codebook out as Markdown."""
    about = f"Codebook, version {codebook.version}. What is coded: {codebook.unit}"
    lines = [f"# {codebook.title}", "", about, "", codebook.reading, "", "## What is asked", ""]
    lines += [f"- **{each.ask}** {_answers(each)}".rstrip() for each in codebook.questions]
    for title, rules in _parts(codebook):
        lines += ["", f"## {title}"]
        for rule in rules:
            lines += ["", f"### {rule.id} {rule.title}", "", rule.text, ""]
            lines += [f"- “{e.text}” **{code_in_words(e)}**: {e.why}" for e in rule.examples]
    return "\n".join([*lines, ""])


def codebook_html(codebook: Codebook) -> str:
    """Lay a codebook out as one HTML page that needs nothing else."""
    asked = "".join(
        f"<li><b>{escape(each.ask)}</b> {escape(_answers(each))}</li>"
        for each in codebook.questions
    )
    parts = "".join(
        f"<h2>{escape(title)}</h2>{''.join(_rule(rule) for rule in rules)}"
        for title, rules in _parts(codebook)
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(codebook.title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(codebook.title)}</h1><p>Codebook, version {escape(codebook.version)}. "
        f"What is coded: {escape(codebook.unit)}</p><p>{escape(codebook.reading)}</p>"
        f"<h2>What is asked</h2><ul>{asked}</ul>{parts}</body></html>\n"
    )


def _rule(rule: Rule) -> str:
    examples = "".join(
        f'<li>“{escape(each.text)}” <span class="code">{escape(code_in_words(each))}</span>: '
        f'<span class="why">{escape(each.why)}</span></li>'
        for each in rule.examples
    )
    shown = f"<ul>{examples}</ul>" if examples else ""
    return f"<h3>{escape(rule.id)} {escape(rule.title)}</h3><p>{escape(rule.text)}</p>{shown}"


def _answers(question: Question) -> str:
    keys = [f"{each.label} [{each.key}]" if each.key else each.label for each in question.answers]
    return " ".join(part for part in (question.about, " / ".join(keys)) if part)


def _parts(codebook: Codebook) -> list[tuple[str, list[Rule]]]:
    found = [
        (title, [rule for rule in codebook.rules if rule.id.startswith(letter)])
        for letter, title in _PARTS
    ]
    known = {rule.id for _, rules in found for rule in rules}
    rest = [rule for rule in codebook.rules if rule.id not in known]
    return [(title, rules) for title, rules in [*found, ("More rules", rest)] if rules]
