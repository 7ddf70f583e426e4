"""Articles about law enforcement that never say police, and others with the same words.

The thirty invented articles were written before the rules; the rules of that day found two of the
fifteen that are about law enforcement.
"""

import pytest

from outcomes.media.relevance import find_law_enforcement

RELEVANT = (
    (
        "Council weighs body camera contract",
        "The town would pay $410,000 over five years to put a camera on each of its 38 "
        "officers. Two members asked who would get to see the video.",
    ),
    (
        "Man seriously injured in Tallaght assault",
        "Gardaí are appealing for witnesses after a man in his 30s was attacked at a bus "
        "stop. A file will be prepared for the Director of Public Prosecutions.",
    ),
    (
        "Snowmobile found under ice",
        "Members of the Fort Larch RCMP detachment pulled the machine from the lake on "
        "Tuesday. Nobody was on it.",
    ),
    (
        "Union rejects offer",
        "Officers in Dunmore turned down a contract that would have put two of them in "
        "every patrol unit. The chief called it a fair offer.",
    ),
    (
        "Jurors clear two in death of cyclist",
        "A grand jury declined on Friday to indict either of the two officers whose "
        "pursuit of a stolen van ended on a sidewalk.",
    ),
    (
        "Coroner: nothing suspicious about death in canal",
        "Detective Inspector Mark Hale told the inquest that there had been no sign of a "
        "struggle. The coroner recorded an open conclusion.",
    ),
    (
        "Chief Alvarez to retire after 31 years",
        "She began on the night shift in 1994, walking a beat on Canal Street, and became"
        " the first woman to lead the department. Its 112 officers gave her a bicycle.",
    ),
    (
        "Inquiry opens into death in Belfast cell",
        "The Police Ombudsman is looking at how PSNI staff looked after a man who died. "
        "The PSNI has expressed its sympathy.",
    ),
    (
        "Letter: Where were they?",
        "I called 911 twice when my store was being robbed. The dispatcher told me that "
        "nobody was free. The department has 60 people on its payroll and none for Mill "
        "Street.",
    ),
    (
        "Crime log: Eastside",
        "March 2, 600 block of Fir: Burglary, bicycle stolen. March 3, 100 block of Oak: "
        "An officer helped a resident who was locked out. March 4: Graffiti.",
    ),
    (
        "Neighbors ask for foot patrols to come back",
        "After three shootings on Alder Street, residents told the council that officers "
        "used to know their names. 'Now they drive by with the windows up,' Rosa Diaz "
        "said. The department says that it's short of officers.",
    ),
    (
        "Two charged with stealing copper",
        "Agents of the Tennessee Bureau of Investigation found 900 pounds of wire in a "
        "barn. Two men are charged with theft.",
    ),
    (
        "Toxicology tests awaited in death of hiker",
        "The Northumbria force is appealing for anyone with dashcam footage of the lane. "
        "Officers have asked drivers to check their cameras.",
    ),
    (
        "Settlement in taser case",
        "The city will pay $1.2 million to a man who was tased by an officer outside a "
        "bakery in 2021. The officer still works for the department.",
    ),
    (
        "Badge of late sergeant returned to family",
        "Sgt Tom Ashby, who served the Millbrook department for 19 years, wore number "
        "114. On Monday the chief and a dozen officers stood in a kitchen and gave it to "
        "his widow.",
    ),
)
NOT_RELEVANT = (
    (
        "Prosecutor will not run again",
        "District Attorney Ellen Roche said she would leave after two terms. A grand jury"
        " returned 310 indictments last year. Her chief deputy, Paul Kim, is expected to "
        "run.",
    ),
    (
        "Bank names officers",
        "Officers of First Prairie Bank were elected on Monday. The chief lending officer"
        " was charged with opening three branches.",
    ),
    (
        "Jail officers vote to strike",
        "Corrections officers at the Bristow County jail voted 88 to 7 to strike. The "
        "department has 40 vacancies, and officers work 16-hour shifts.",
    ),
    (
        "Fire chief faces no-confidence vote",
        "Firefighters voted no confidence in Chief Dan Orr. The department answered 4,000"
        " calls last year. The chief said that he would stay.",
    ),
    (
        "Code officers to check rentals",
        "Code enforcement officers will visit 300 houses. The department's officers carry"
        " badges but can't write criminal tickets.",
    ),
    (
        "Mall guard hailed",
        "A security officer at Fairview Mall gave first aid to a shopper. The guard, who "
        "wears a badge and a body camera, used to drive a bus.",
    ),
    (
        "Captain returns from sea",
        "Army officers and their families filled the pier. Capt. Lee Dorsey, their "
        "commander, had been away with his unit for nine months. The chief of the boat "
        "wept.",
    ),
    (
        "Club elects officers",
        "The Garden Club chose its officers: Ann Poole, president; Ruth Day, secretary. "
        "The officers will meet in May. The club's chief worry is deer.",
    ),
    (
        "Chiefs beat Raiders",
        "The Chiefs' guard charged through the line, and the defense gave chase. 'They "
        "robbed us,' the Raiders' coach said. Officers of the fan club cheered.",
    ),
    (
        "Judge sentences man in robbery",
        "A Circuit Court judge gave Dale Fry eight years for a robbery in 2022. His "
        "lawyer will appeal. The prosecutor had asked for 12.",
    ),
    (
        "Health department cites diner",
        "The department found mice. Its chief, Dr. Lena Moss, said that officers of her "
        "environmental unit would come again. The owner was charged a fee.",
    ),
    (
        "Ship's officers abandon ferry",
        "The ferry's officers left by the first boat, an inquiry heard. The chief "
        "engineer stayed. Nobody was charged.",
    ),
    (
        "Nurse saves man in park",
        "Paramedics said the man's heart had stopped. A nurse who was jogging gave him "
        "first aid until the ambulance came. The fire department's chief thanked her.",
    ),
    (
        "Tribal chief opens clinic",
        "Chief Joseph Redbird cut the ribbon. The department of health paid half. "
        "Officers of the nation's council sang.",
    ),
    (
        "Art dealer accused of theft",
        "A jury will hear how a dealer stole 11 paintings. Prosecutors say that the "
        "gallery's chief officers knew. The burglary of 2019 was never solved.",
    ),
)


@pytest.mark.parametrize(("title", "text"), RELEVANT, ids=[title for title, _ in RELEVANT])
def test_police_are_found_by_signs_that_stand_together(title: str, text: str) -> None:
    assert find_law_enforcement(text, title=title)


@pytest.mark.parametrize(("title", "text"), NOT_RELEVANT, ids=[title for title, _ in NOT_RELEVANT])
def test_the_officers_chiefs_and_departments_of_others_stay_out(title: str, text: str) -> None:
    assert find_law_enforcement(text, title=title) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Gardaí closed the road.",
        "The RCMP asks for help.",
        "The constabulary has a new boat.",
        "The Kansas Bureau of Investigation has the case.",
    ],
)
def test_a_force_is_sure_by_its_name(sentence: str) -> None:
    (found,) = find_law_enforcement(sentence)
    assert found.text == sentence


def test_a_lake_is_no_force() -> None:
    assert find_law_enforcement("They spent a week on Lake Garda.") == ()


def test_initials_are_police_only_beside_police_work() -> None:
    assert find_law_enforcement("Two thefts were reported. Call UPD.")
    assert find_law_enforcement("New drugs help patients with COPD whose inhaler was stolen.") == ()
    assert find_law_enforcement("The HPD moved to Elm Street.") == ()


def test_a_mans_age_does_not_hide_his_arrest() -> None:
    assert find_law_enforcement("On Feb. 13, a 34-year-old man was arrested.")
    assert find_law_enforcement("It was years before he was arrested.") == ()


def test_a_log_needs_offences() -> None:
    entries = "Aug. 3, Birch Street: Theft, gym bag. Aug. 6, Hale Street: Robbery. Call an officer."
    assert find_law_enforcement(entries, title="Crime Watch: Lower Heights")
    assert (
        find_law_enforcement("An officer of a bank wrote it.", title="Crime Watch: a novel") == ()
    )


def test_places_are_those_of_the_text_as_it_stands() -> None:
    title, text = RELEVANT[2]
    for sentence in find_law_enforcement(text, title=title):
        whole = title if sentence.part == "title" else text
        assert whole[sentence.start : sentence.end] == sentence.text
