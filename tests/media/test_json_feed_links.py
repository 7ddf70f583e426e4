"""Relative links of a JSON feed are completed by the feed's address, as those of RSS are."""

import json

import pytest

from outcomes.media.feeds import parse_feed


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        ("/walk", "https://x.example/walk"),
        ("walk?id=1", "https://x.example/news/walk?id=1"),
        ("https://y.example/1", "https://y.example/1"),
        ("", ""),
        ("http://[broken", "http://[broken"),
    ],
)
def test_a_relative_link_is_completed(link: str, whole: str):
    item = {"id": "1", "title": "A walk", "url": link}
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
    (entry,) = parse_feed(json.dumps(feed).encode(), url="https://x.example/news/feed.json")
    assert entry.url == whole
