"""Names of columns as agencies write them, labelled by hand before any rule was written."""

# What an export of walks, events, contacts, counts or a call list may well be headed by.
ALLOWED = """
place|Place|place_code|Neighborhood|neighborhood name|Beat|Beat Number|District|Sector|Precinct
Zone|Census Tract|Block Group|Council District|type|Type of Walk|walk_type|Walk ID|WalkNumber|start
Start Time|end_time|Date|Date of Walk|walkDate|Fecha|Hora de inicio|minutes|Duration (min)|minutos
coordinator|Coordinator Rank|Rank|Unit|Division|Shift|Squad|Watch|officers|# Officers
Officers on Walk|sergeants|lieutenants|captains|detectives|nonsworn|executive|city_officials
social_services|counselors|partners|Partner Organisations|partner_orgs|organization_name
Organization|Name of Organization|Event|Event Name|Name of Event|event_type|Nombre del evento
Attendance|participants|# Attendees|Community Members Present|reached|People Reached
Residents Spoken To|Contacts|New Contacts|contacts_total|Known Contacts|Sponsor Organisation
sponsors|Topics|Topic 1|Concerns Raised|Issues Discussed|Address the concerns|Follow-up needed
followUp|Handouts Given|Flyers|Children Handouts|Weather|Photo Taken|photo_taken|Photo Consent
Photos Taken (Y/N)|Conduct Checklist|Roll Call Briefing|bus_stop|Bus Stop Checked|Stops on Route
stop_time|Next Steps|Location Type|Park|School|schools_visited|Church Partners|churches_visited
Faith Community Partners|religious_partners|Faith Leaders Present|congregations_contacted|Business
Businesses Visited|Shops|Street Lighting|Language|languages_spoken|Interpreter Used
Suspected Language Barrier
Translation|Month|month|Year|Quarter|Week|measure|value|Tips|tips_received
Tips Received|tips_anonymous|Anonymous Tips|tips_social_media|complaints|complaints_courtesy
Complaints of Force|Complaints: bias|crime_reports|crime_reports_violent|Crimes Reported
Property Crimes|Violent Crime Count|victimization|Victimizations|population|Population 2020
media_contacts|Media Contacts|Press Releases|Views|Forwards|Shares|likes|Referrals
Referrals to Outreach|referrals_to_operations|letters_of_understanding|Review Date|Goals|Initiatives
Led By|Supported By|Training Hours|Officers Trained|Notice Given|community_notice|Approach|Community
Status|Created|Updated|Source System|Record Number|Row|Comments count
"""

# What says who somebody is, what they believe, where they belong, or what the police hold on them.
FORBIDDEN = """
Religion|relig_affil|religious affiliation|Religious Belief|Faith|faith_tradition|Denomination
Church Attended|church_member|MosqueAttended|Mosque Name|Synagogue Member|Place of Worship Attended
Religión|religion_del_contacto|Iglesia a la que asiste|Culto|Is Muslim|Muslim Y/N|Creed
Political Party|party_affiliation|PartyAffil|Political Views|political_opinion|Political Leaning
Voter Registration|Votes For|Voted|Partido político|Afiliación política|Ideology|ideologia
Opinion of Police|Resident Opinion|opinions|Attitude toward police|attitude|Person's Views
Beliefs|Sentiment of contact|Extremist Views|Radicalization Risk|Radicalisation level
Opinión del residente|Sympathies|Group Membership|membership|Known Associates|associates
Associations|Affiliation|affiliations|Memberships|Protest Activity|Activist
Organizations belonged to
Rally Attendance|Asociaciones|stops|Stop|Traffic Stop|Stop Number|stop_reason|Reason for Stop
Pedestrian Stops|Terry Stop|Stop and Frisk|Frisked|Search Conducted|Field Interview
Field Interview #|FI Card|fi_number|FIR No.|FIO|Field Contact|FieldInterviewID|Suspect|suspectName
Suspect Description|Suspects|Sospechoso|Offender|offender_id|Known Offender|Perpetrator|Arrests Made
Arrest|arrested|Arrest No|Detenido|Arrestos|Detained|Warrant|Warrant Check|open_warrants
Wants/Warrants|Orden de arresto|Gang|gang_affil|Gang Member|Pandilla|Informant|CI Number
Confidential Informant|Informante|Intelligence|Intel|intel_notes|Intel Value|Watch List
watchlist_hit|Terror Watchlist|Person of Interest|POI|Criminal History|Prior Record|Rap Sheet
Antecedentes|Probation Status|Parole|Immigration Status|immig_status|Citizenship|citizen|Visa Type
A-Number|Alien Number|Undocumented|Estatus migratorio|Country of Birth|Nationality|ICE Hold|Name
Full Name|First Name|fname|LastName|last_name|Surname|Contact Name|Resident's Name|Nombre|Apellido
Nombre y apellido|Middle Initial|Alias|Nickname|DOB|Date of Birth|birth_date|Fecha de nacimiento|SSN
Social Security|soc_sec_no|Driver's License|DL#|OLN|License Plate|plate|Tag Number|LicPlate|Placa
VIN
Phone|phone_number|Cell|Mobile #|Teléfono|Home Address|address|Street Address|Addr1|Dirección
Domicilio|Email|e-mail|EmailAddr|Correo electrónico|Photo|photo_file|Picture of Person|Mugshot
Foto|Facebook Name|Social Media Handle|Passport No|Interviewed By Name|Officer Name|Badge Number
Facial Recognition ID|Fingerprint
"""

# Names that others wrote: columns of published data on stops, and of lists of attendees (NYPD's
# stop data, the Stanford Open Policing Project); looked at once: at first
# try 26 of 62 were found, and no harmless one; then the rules were mended.
FOUND_FORBIDDEN = """
reason_for_stop|frisk_performed|search_conducted|search_person|arrest_made|citation_issued
contraband_found|reason_for_arrest|reason_for_search|search_basis|subject_age|subject_race
subject_sex|officer_first_name|officer_last_name|officer_id_hash|officer_age
vehicle_registration_state|stop_date|timestop|datestop|perstop|crimsusp|typeofid|arstmade|searched
frisked|sumissue|explnstp|contrabn|first_name|last_name|email|phone|name|imageDataUrl|suspect_race
SuspectSex|STOP_FRISK_ID|SUSPECT_ARRESTED_FLAG|SUMMONS_ISSUED_FLAG|OFFICER_IN_UNIFORM_FLAG
subject_dob|fi_narrative|contact_officer_name|fc_num|contact_reason|subjectname|complexion
haircolor|eyecolor|height|weight|stopped_for|pers_searched|driver_race|driver_gender|driver_age
citation_number|warning_issued|use_of_force_description|speed
"""
# Columns of published call lists and events, and the harmless ones of stop data.
FOUND_ALLOWED = """
raw_row_number|date|time|location|lat|lng|beat|district|zone|department_id|department_name|type
year|pct|ser_num|inout|radio|city|state|sector|beat_name|organization|role|notes|attended_at
Total Events Attended|event_id|title|start_at|CallType|InitialCallType|FinalCallType|Priority
CallDateTime|Disposition|DispositionText|TimeArrival|TimeDispatch|TimeClosed|TypeText|Block
Location|PoliceDistrict|Incident Number|CAD Event Number|Clearance By Officers Dispatched
Call Sign Total Service Time|Arrived Date Time|Dispatch Neighborhood|Council_District|ZIP|ZipCode
Agency|Self_Initiated|SelfInitiated|response_time|event_clearance_group|hundred_block|longitude
census_block
"""

# Written after the rules were mended once, before these were tried: sheets as officers keep them.
# At first try 58 of 87 were found, and one harmless one (Social Views).
TRIED_FORBIDDEN = """
Contact First|Contact Last|Resident Phone|Cell #|Attendee Email|Home Addr|DOB/Age|D.O.B.
Date_Of_Birth|SS#|Last 4 SSN|DL No|Lic. Plate|Veh Plate|VehiclePlateNo|Subj Name|Subject DOB
SubjRace|Susp. Desc|Suspect Veh|Suspicious Person Name|Arrestee|ArrestID|Arr #|Warrants Y/N
Gang Affil.|Gang Validated|Known Gang Member|CI|Intel Report #|Intel Gathered|FI #|FieldIntCard
Field Interrogation|Stop Type|Stop ID|T-Stop|Trespass Warning|Probationer|Parolee|Religion/Faith
Religious Pref|Faith Group Attended|Attends Mosque|Congregation Member|Muslim?|Imam Name
Pastor Name|Party (R/D/I)|Political Affil|Voter ID|Supports Candidate|Pro/Anti Police|Attitude
Feelings about ICE|Immigration Stat.|Legal Status|Documented (Y/N)|Country of Origin|Place of Birth
Nombre completo|Teléfono celular|Domicilio particular|Religión que profesa|Partido
Condición migratoria|Sospechoso nombre|Detenidos|Pandilla a la que pertenece|Photo of contact
Image URL|Facebook profile|Instagram|Twitter handle|IP|Membership in groups|Group affiliation
Protest attendance|Opinion on police|Mental Health|Race|Ethnicity|Age|Gender|Known to police
Prior contacts|Person ID
"""
TRIED_ALLOWED = """
Walk Date|Start Hr|End Hr|Total Min|Beat/Zone|Walk Leader Rank|Walk Team Size|Ofc Count|Sgt Count
Lt Count|Capt Count|Civ Count|Comm Members|Kids Reached|Flyers Handed Out|Stickers|Business Checks
Houses Knocked|Doors Knocked|Topics Discussed|Concern: Speeding|Concern: Lighting|Noise|Graffiti
Follow-Up Y/N|Referral to City Svc|Picture Taken?|Pic Consent?|Event Title|Event Date
Event Location|Venue|Host Organization|Co-host|Partner Agency|# Volunteers|Attendees (est.)
Media Present|Press Release #|Social Views|Reposts|Post Date|Platform|Hashtag|MOU Partner
MOU Signed|MOU Expires|Agency Lead|Community Lead|Church Hosted Event?|Faith-based partners
Mosques Visited|School Name|Park Name|Bus Stop Location|Neighborhood Association Meeting
Block Watch|Crime Type|Burglary|Robbery|Auto Theft|Shots Fired|911 Calls|Calls for Service
Response Time|Case Clearance|Tips via App|Crime Stoppers Tips|Complaint Type
Use of Force Complaints|Commendations|Homicides|Shootings|Overtime Hrs|Fiscal Year|Qtr|Wk|Tract
Ward|Latitude|Lon|Council Rep|Comments|Notes|Remarks|Weather|Temp|Address Concern|Addressed?
"""


def listed(text: str) -> list[str]:
    """The names of a list, in its order."""
    return [name.strip() for line in text.split("\n") for name in line.split("|") if name.strip()]
