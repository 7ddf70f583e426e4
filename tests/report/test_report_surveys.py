def test_the_internal_report_says_how_the_surveys_were_done(example) -> None:
    text = (example.reports / "evaluation.html").read_text(encoding="utf-8")
    assert "How the surveys were done" in text
    for wave in example.settings.waves:
        assert f"<summary>{wave.label}</summary>" in text
    assert "There is no response rate" in text
    assert "Write sponsor =" in text  # a gap is named, and how to fill it


def test_the_public_report_does_not_hold_the_counts_of_that_block(example) -> None:
    text = (example.reports / "evaluation-public.html").read_text(encoding="utf-8")
    assert "How the surveys were done" not in text
