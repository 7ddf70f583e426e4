"""A study with five outlets and five agencies, in a town that does not exist."""

COUNTY, NEXT_COUNTY = "39901", "39903"
SETTINGS = {
    "study": {
        "name": "x",
        "agency": "Marlow Falls Police Department",
        "first": "2025-01-01",
        "last": "2025-12-31",
    },
    "places": [
        {
            "code": "eastbank", "name": "Eastbank", "role": "focus", "start": "2025-07-01",
            "known_as": ["Ferry Street", "Lockkeeper Way"],
        },
        {"code": "millrow", "name": "Millrow", "role": "focus", "start": "2025-07-01"},
        {"code": "northgate", "name": "Northgate", "role": "comparison"},
        {
            "code": "harbor-hill", "name": "Harbor Hill", "role": "comparison",
            "known_as": ["Beacon Street"],
        },
    ],
    "outlets": [
        {"name": "Marlow Falls Courier", "scope": "local", "county": COUNTY},
        {"name": "Teal County Ledger", "scope": "local", "county": COUNTY},
        {"name": "Birch County Times", "scope": "local", "county": NEXT_COUNTY},
        {"name": "National Wire Desk", "scope": "national"},
        {"name": "Eastbank Voice", "scope": "local", "place": "eastbank", "county": COUNTY},
    ],
    "agencies": [
        {
            "name": "Marlow Falls Police Department", "own": True, "short": ["MFPD"],
            "units": ["Eastbank Substation", "Harbor Unit"], "towns": ["Marlow Falls"],
            "counties": [COUNTY],
        },
        {"name": "Teal County Sheriff's Office", "short": ["TCSO"], "counties": [COUNTY]},
        {"name": "Coates Mill Police Department", "towns": ["Coates Mill"]},
        {
            "name": "Ridgeton Police Department", "towns": ["Ridgeton"],
            "counties": [NEXT_COUNTY],
        },
        {"name": "Kanota State Police"},
    ],
}  # fmt: skip
