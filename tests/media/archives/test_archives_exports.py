"""Exports of news services as text: every article once, none cut, none glued to the next."""

import pytest

from outcomes.media.archives.newsbank import looks_like_newsbank, newsbank_records
from outcomes.media.archives.nexis import looks_like_nexis, nexis_records
from outcomes.media.archives.proquest import looks_like_proquest, proquest_records

NEXIS_OLDER = """\
                               1 of 3 DOCUMENTS


                     Marlow Falls Courier (Indiana)

                           January 5, 2026 Monday
                               FINAL EDITION

Officers walk in Eastbank

BYLINE: Ann Writer, Staff Writer

SECTION: LOCAL; Pg. A1

LENGTH: 42 words

DATELINE: MARLOW FALLS

Two officers walked along Weaver Street on Monday and
spoke with shop owners.

The file was marked
1 of 3 DOCUMENTS
by the clerk, the chief said.

LOAD-DATE: January 6, 2026

LANGUAGE: ENGLISH

GRAPHIC: A photo of Weaver Street

PUBLICATION-TYPE: Newspaper


                     Copyright 2026 Marlow Falls Courier
                              All Rights Reserved

                               2 of 3 DOCUMENTS


                          Copyright 2026 The Daily
                              All Rights Reserved
                                 The Daily

                              5 January 2026

HEADLINE: Council hears
 report

LENGTH: 1,020 words

The council heard a report about the police.

LOAD-DATE: January 7, 2026

                               3 of 3 DOCUMENTS


                     Marlow Falls Courier (Indiana)

                     Correction Appended

                           February 1, 2026 Sunday

Library opens late; officers help

SECTION: LOCAL

LENGTH: 9 words

The library opened late.

LOAD-DATE: February 2, 2026
"""

NEXIS_UNI = """\
User Name: somebody
Date and Time: Sunday, November 22, 2026 6:15:00 AM EST
Job Number: 123456789
Documents (2)
1. Officers walk in Eastbank
Client/Matter: -None-
Search Terms: police
2. Council hears report
Client/Matter: -None-

Officers walk in Eastbank
Marlow Falls Courier (Indiana)
January 5, 2026 Monday
FINAL EDITION
Copyright 2026 Marlow Falls Courier All Rights Reserved
Section: LOCAL; Pg. A1
Length: 42 words
Byline: Ann Writer, Staff Writer
Body

Two officers walked along Weaver Street.
A sign read:
End of Document
and nobody knew why.
Classification
was the topic of the evening.

Classification

Language: ENGLISH
Publication-Type: Newspaper
Subject: POLICE FORCES (90%)
Load-Date: January 6, 2026

End of Document

Council hears report
The Daily
January 6, 2026 Tuesday 10:15 AM EST
Copyright 2026 The Daily All Rights Reserved
Length: 12 words
Body

The council heard a report about the police.

Load-Date: January 7, 2026

End of Document
"""

PROQUEST = """\
____________________________________________________________

Report Information from ProQuest
____________________________________________________________

Document 1 of 2

Officers walk in Eastbank

Author: Writer, Ann

Publication info: Marlow Falls Courier ; Marlow Falls, Ind. 05 Jan 2026: A.1.

Abstract: Two officers walked.

Links: http://x.example/link

Full text: Two officers walked along Weaver Street.
Subject: an odd line that the story quotes.
____________________________________________________________
The ruler above stood in the story.
ProQuest document ID: 99 was painted on a wall.

Subject: Police; Walking

Location: Indiana

Title: Officers walk in Eastbank

Publication title: Marlow Falls Courier; Marlow Falls, Ind.

First page: A.1

Publication date: Jan 5, 2026

ProQuest document ID: 1234567890

Document URL: https://www.proquest.example/docview/1234567890

Copyright: Copyright Courier Jan 5, 2026

Database: ProQuest Central

____________________________________________________________

Document 2 of 2

Council hears report

Abstract: None available.

Full text: Not available.

Title: Council hears report: the police,
  the parks

Publication title: The Daily

Publication date: 6 January 2026

ProQuest document ID: 1234567891

____________________________________________________________

Contact us at: http://www.proquest.example/go/contact
"""

NEWSBANK = """\
Officers walk in Eastbank

Marlow Falls Courier (IN) - January 5, 2026
Author: Ann Writer, Staff Writer
Edition: Final
Section: Local
Page: A1
Readability: 8-10 grade level

Two officers walked along Weaver Street.

Record Number: on the wall stood a record number.

The Courier wrote on
January 2, 2026 | The Daily
that nobody walks.

Index Terms: police; walks
Record Number: 1A2B3C4D5E
Copyright (c) 2026 Marlow Falls Courier, All Rights Reserved.

Council hears report
January 6, 2026 | Daily, The (OH)
Author: Bob Scribe | Section: News | Page: B2
312 Words
OpenURL Link

The council heard a report about the police.

Record: 1A2B3C4D5F
Copyright: Copyright (c) 2026 The Daily
"""

NEWSBANK_LABELS = """\
Paper: Marlow Falls Courier (IN)
Title: Officers walk in Eastbank
Date: January 5, 2026
Section: Local
Author/Byline: Ann Writer

Two officers walked.
Title: what a title is.

Record Number: 1A2B3C4D5E
Copyright (c) 2026 Courier

Paper: The Daily
Title: Council hears report
Date: January 6, 2026

The council heard a report.

Record Number: 1A2B3C4D5F
"""


def test_an_older_nexis_export_is_cut_where_its_count_goes_on():
    one, two, three = nexis_records(NEXIS_OLDER.split("\n"))
    assert (one.title, one.outlet) == (
        "Officers walk in Eastbank",
        "Marlow Falls Courier (Indiana)",
    )
    assert one.published_raw == "January 5, 2026 Monday"
    assert one.text == (
        "Two officers walked along Weaver Street on Monday and spoke with shop owners.\n"
        "The file was marked 1 of 3 DOCUMENTS by the clerk, the chief said."
    )
    assert (two.title, two.outlet, two.published_raw) == (
        "Council hears report",
        "The Daily",
        "5 January 2026",
    )
    assert two.text == "The council heard a report about the police."
    assert three.title == "Library opens late; officers help"
    assert three.text == "The library opened late."


def test_a_nexis_uni_export_is_cut_only_before_a_head():
    one, two = nexis_records(NEXIS_UNI.split("\n"))
    assert (one.title, one.outlet, one.published_raw) == (
        "Officers walk in Eastbank",
        "Marlow Falls Courier (Indiana)",
        "January 5, 2026 Monday",
    )
    assert one.text.endswith("nobody knew why.\nClassification\nwas the topic of the evening.")
    assert (two.title, two.outlet) == ("Council hears report", "The Daily")
    assert two.text == "The council heard a report about the police."


def test_a_proquest_document_goes_on_to_the_ruler_behind_its_number():
    one, two = proquest_records(PROQUEST.split("\n"))
    assert (one.title, one.outlet, one.guid, one.published_raw, one.summary) == (
        "Officers walk in Eastbank",
        "Marlow Falls Courier",
        "1234567890",
        "Jan 5, 2026",
        "Two officers walked.",
    )
    assert "Subject: an odd line" in one.text
    assert one.text.endswith("was painted on a wall.")
    assert two.title == "Council hears report: the police, the parks"
    assert (two.text, two.summary, two.guid) == ("", "", "1234567891")


def test_a_newsbank_story_that_names_records_and_papers_is_not_cut():
    one, two = newsbank_records(NEWSBANK.split("\n"))
    assert (one.title, one.outlet, one.guid) == (
        "Officers walk in Eastbank",
        "Marlow Falls Courier (IN)",
        "1A2B3C4D5E",
    )
    assert one.text.endswith("The Daily\nthat nobody walks.") or one.text.endswith(
        "The Daily that nobody walks."
    )
    assert (two.title, two.outlet, two.guid, two.published_raw) == (
        "Council hears report",
        "Daily, The (OH)",
        "1A2B3C4D5F",
        "January 6, 2026",
    )
    assert two.text == "The council heard a report about the police."


def test_a_newsbank_export_of_labels_is_read_too():
    one, two = newsbank_records(NEWSBANK_LABELS.split("\n"))
    assert (one.title, one.outlet, one.guid) == (
        "Officers walk in Eastbank",
        "Marlow Falls Courier (IN)",
        "1A2B3C4D5E",
    )
    assert one.text == "Two officers walked.\nTitle: what a title is."
    assert (two.title, two.guid) == ("Council hears report", "1A2B3C4D5F")


@pytest.mark.parametrize("export", [NEXIS_OLDER, NEXIS_UNI, PROQUEST, NEWSBANK, NEWSBANK_LABELS])
def test_no_byline_is_read_and_each_service_knows_its_own(export: str):
    lines = export.split("\n")
    looks = [looks_like_nexis(lines), looks_like_proquest(lines), looks_like_newsbank(lines)]
    assert looks.count(True) == 1
    parser = (nexis_records, proquest_records, newsbank_records)[looks.index(True)]
    words = " ".join(f"{r.title} {r.text} {r.summary} {r.outlet}" for r in parser(lines))
    assert "Writer" not in words
    assert "Scribe" not in words


def test_two_exports_of_nexis_that_were_joined_give_all_their_articles():
    assert len(list(nexis_records((NEXIS_OLDER + NEXIS_OLDER).split("\n")))) == 6


def test_an_export_of_five_hundred_articles_is_read_in_proportion():
    part = NEXIS_UNI[NEXIS_UNI.index("Officers walk in Eastbank\nMarlow") :]
    assert len(list(nexis_records((part * 250).split("\n")))) == 500
    assert len(list(newsbank_records((NEWSBANK * 250).split("\n")))) == 500
    assert len(list(proquest_records((PROQUEST * 250).split("\n")))) == 500


@pytest.mark.parametrize(
    "head",
    [
        "Marlow Falls Courier (IN)\nJanuary 5, 2026\n\nOfficers walk in Eastbank\n\nPage: A1\n",
        "Officers walk in Eastbank\n\nMarlow Falls Courier (IN)\nJanuary 5, 2026\nSection: Local\n",
        "Marlow Falls Courier (Marlow Falls, IN)\nJanuary 5, 2026\nSection: Local\nPage: A1\n\n"
        "Officers walk in Eastbank\n\n",
    ],
)
def test_a_newsbank_head_may_be_stacked(head: str):
    one = f"{head}\nTwo officers walked.\n\nThey talked.\n\nRecord Number: 1A2B3C4D5E\n\n"
    records = list(newsbank_records((one + one).split("\n")))
    assert len(records) == 2
    for record in records:
        assert record.title == "Officers walk in Eastbank"
        assert record.outlet.startswith("Marlow Falls Courier (")
        assert (record.published_raw, record.guid) == ("January 5, 2026", "1A2B3C4D5E")
        assert record.text == "Two officers walked.\nThey talked."
