"""First names that are common in the United States, for finding names in free text.

Names that are common words of English or Spanish too (Grace, Mark, Rosa, Luz) are left out.
"""

_NAMES = """
aaron abigail adam adrian alan albert alberto alejandra alejandro alex alexander alexis alice
alicia allison amanda amy ana andrea andrew andy angela anita anna anne annie anthony antonio
arthur ashley barbara beatriz becky benjamin bernard beth betty beverly bobby bradley brandon
brenda brian bruce bryan camila carl carla carlos carmen caroline carolyn catherine cathy
cecilia charlene charles charlie charlotte cheryl chris christina christine christopher cindy
claire claudia connie courtney craig cristina curtis cynthia daniel daniela danielle danny
darrell david deborah debra denise dennis derek diana diane diego donald donna doris dorothy
douglas dylan eddie edgar eduardo edward edwin elaine eleanor elena elijah elizabeth ellen emily
emma enrique eric erica erik esteban ethan eugene evelyn felipe fernando francisco gabriel
gabriela gary george gerald geraldo gilberto gina gladys gonzalo gregory guadalupe guillermo
gustavo hannah harold harry hector helen henry howard ian ignacio irene isaac isabel isabella
ivan jacob jacqueline jaime jamal james jamie jane janet janice jared jason javier jeff jeffrey
jennifer jeremy jerome jerry jessica jill jim jimmy joan joe joel john johnny jonathan jordan
jorge jose josé joseph joshua juan juana juanita judith judy julia julian julie julio justin
karen katherine kathleen kathryn kathy katie keith kelly kenneth kevin kimberly kristen kyle
larry latoya laura lauren lawrence leonard leticia lillian linda lisa lois lori lorraine louis
lourdes lucas lucia lucía luis madison manuel marcos marcus margaret margarita maria maría
mariana marie marilyn mario marisol marjorie martha martin martín mary mateo matthew maureen
megan melanie melissa michael michelle miguel mike mildred mohamed mohammed monica mónica nancy
natalia natalie nathan nicholas nicole nicolas olivia oscar pablo pamela patricia patrick paul
paula paulo pedro peggy peter philip phillip phyllis rachel rafael ralph ramon ramón randy raul
raúl raymond rebecca ricardo richard rita robert roberto rodrigo roger ronald roy ruben russell
ruth ryan samantha samuel sandra santiago sara sarah scott sean sebastian sergio sharon sheila
sherry shirley silvia sofia sofía sophia stephanie stephen steve steven susan sylvia tamara
tammy taylor teresa terry theodore theresa thomas tiffany timothy tina todd tony tracy travis
tyler tyrone valentina valeria vanessa veronica verónica vicente victoria vincent walter wanda
wayne wendy william willie xavier yolanda zachary
"""
COMMON = frozenset(_NAMES.split())
