"""Archives of news from services and crawlers: told by content, read without guessing."""

from outcomes.media.archives.archive import KINDS, TITLES, Archive, Kind, Record
from outcomes.media.archives.detect import Opened, open_archive
from outcomes.media.archives.mapping import (
    ArchiveMapping,
    check_mapping,
    mapping_text,
    read_mapping,
)
from outcomes.media.archives.outlet_names import Matches, host_of, hosts_of, match_outlets
from outcomes.media.archives.reading import Asked, read_news_archive
from outcomes.media.archives.sighted import Sighted, Terms, sight_records, undated_sentence

__all__ = [
    "KINDS",
    "TITLES",
    "Archive",
    "ArchiveMapping",
    "Asked",
    "Kind",
    "Matches",
    "Opened",
    "Record",
    "Sighted",
    "Terms",
    "check_mapping",
    "host_of",
    "hosts_of",
    "mapping_text",
    "match_outlets",
    "open_archive",
    "read_mapping",
    "read_news_archive",
    "sight_records",
    "undated_sentence",
]
