"""Words by which a sentence is likely to judge somebody: what is read first, never what is felt.

They only decide which sentences a model reads; which tone those have is the model's to say.
All patterns look for small letters (a search that minds no case takes four times as long): give
them text in small letters.
"""

import re

_JUDGES = (
    # blame
    r"accus|alleg|lawsuit|sue[sd]?\b|suing\b|misconduct|complain|criticiz|criticis|critic|blam|"
    r"brutal|excessive|abus|beat(?:ing|en)|unlawful|illegal|wrongful|wrongly|negligen|neglect|"
    r"fail|ignor|delay|botch|cover-?up|lied\b|lying\b|false|falsif|racis|bias|discriminat|profil|"
    r"harass|intimidat|corrupt|brib|steal|stole|theft\sby|fired\b|suspend|resign|indict|convict|"
    r"charged\b|disciplin|reprimand|settle|settlement|payout|damages|distrust|trust|outrage|anger|"
    r"angr|protest|demand|condemn|denounc|fault|mishandl|violat|overs(?:ight|een)|monitor|audit|"
    r"review|probe|investigation\sinto|internal\saffairs|civil\srights|consent\sdecree|unjustified|"
    r"unarmed|tased|chok|knee|disput|contradict|conceal|with(?:held|hold)|slow|late\b|never\scame|"
    r"incompeten|problem|shortage|question(?:ed|s)\b|apolog|scandal|retaliat|leave\b|on\strial|"
    # credit
    r"prais|credit|thank|grat(?:eful|itude)|honou?r|award|medal|commend|hero|brav|courag|rescu|"
    r"sav(?:ed|ing)|pulled|lifesav|applaud|salut|proud|pride|dedicat|outstanding|excellent|swift|"
    r"quick\b|quickly|tireless|kind|compassion|generous|donat|volunteer|comfort|talked\s(?:him|her)|"
    r"reunit|memorial|tribute|remember|celebrat|welcom|improv|success|partner|community|"
    r"safer|drop(?:ped)?|fell\b|decline|solv(?:ed|ing)|crack(?:ed)|calm|"
    # both, and how such matters end
    r"clear(?:ed|s)|exonerat|acquit|vindicat|justified|unfounded|dismiss|den(?:y|ied|ies)\b|"
    r"force\b|reform"
)
JUDGING = re.compile(rf"\b(?:{_JUDGES})")
CLEARED = re.compile(
    r"\b(?:clear(?:ed|s)|exonerat\w+|acquit\w*|vindicat\w+|justified|unfounded|"
    r"not\sguilty|(?:declin\w+|refus\w+)\sto\s(?:charge|indict|prosecute)|no\scharges|"
    r"(?:will|won['\u2019]t|would)\s(?:not\s)?(?:face|be)\s(?:charge[sd]|prosecuted)|"
    r"dismiss(?:ed|es)|no\swrongdoing|reinstat\w+)",
)
