"""The time zone of each US state that has one; a state with two is left for a person to say."""

_EASTERN = "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV"
_CENTRAL = "AL AR IA IL LA MN MO MS OK WI"
_MOUNTAIN = "CO MT NM UT WY"
_PACIFIC = "CA WA"

_ZONES = {
    **dict.fromkeys(_EASTERN.split(), "America/New_York"),
    **dict.fromkeys(_CENTRAL.split(), "America/Chicago"),
    **dict.fromkeys(_MOUNTAIN.split(), "America/Denver"),
    **dict.fromkeys(_PACIFIC.split(), "America/Los_Angeles"),
    "AZ": "America/Phoenix",
    "HI": "Pacific/Honolulu",
}


def zone_of_state(state: str) -> str:
    """Give the time zone of a state, such as WI; empty where it has more than one.

    Source:
        15 USC 260-264 and 49 CFR part 71 (borders of the zones). Alaska, Florida, Idaho, Indiana,
        Kansas, Kentucky, Michigan, Nebraska, Nevada, North and South Dakota, Oregon, Tennessee and
        Texas lie in two. Clocks of the Navajo Nation, in the north-east of Arizona, are one hour
        ahead of ``America/Phoenix`` in summer.
    """
    return _ZONES.get(state.strip().upper(), "")
