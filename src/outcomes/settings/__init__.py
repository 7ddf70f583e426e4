"""What study.toml says: the agency, its places, waves, outlets, events, and the evaluation plan."""

from outcomes.settings.codes import AGENCY as AGENCY
from outcomes.settings.codes import Code as Code
from outcomes.settings.engagement import Community as Community
from outcomes.settings.engagement import Engagement as Engagement
from outcomes.settings.news import Agency as Agency
from outcomes.settings.news import Feed as Feed
from outcomes.settings.news import News as News
from outcomes.settings.news import Outlet as Outlet
from outcomes.settings.news import RobotsOverride as RobotsOverride
from outcomes.settings.plan import Plan as Plan
from outcomes.settings.whole import PAGES as PAGES
from outcomes.settings.whole import About as About
from outcomes.settings.whole import Event as Event
from outcomes.settings.whole import Place as Place
from outcomes.settings.whole import Publish as Publish
from outcomes.settings.whole import Retention as Retention
from outcomes.settings.whole import Settings as Settings
from outcomes.settings.whole import Walks as Walks
from outcomes.settings.whole import Wave as Wave
from outcomes.settings.whole import read_settings as read_settings
