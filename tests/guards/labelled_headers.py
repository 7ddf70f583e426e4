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

# Exports of five invented agencies, written before they were tried: logs of walks, lists of events
# and of incidents, tables of counts. At first try 69 of 276 harmless ones were taken for
# forbidden, and 99 of 147 forbidden ones were found; then the rules were mended.
AGENCIES_ALLOWED = """
Log No|Date/Time Out|Date/Time In|Assigned Beat|Patrol Area|Area Name|Route Walked|Street Name
From Street|To Street|Cross Streets|Blocks Walked|Ofcs Assigned|Supervisor on Scene
Supervisor Present|Lead Unit|Unit ID|Call Sign|Radio Number|CFS Number|Elapsed Minutes
Walk Category|Walk Type Name|Nbr Residents Contacted|Nbr Businesses Contacted|Youth Engaged
Seniors Engaged|Adults Contacted|Juveniles Present|Literature Given|Body Camera On|Narrative
Follow up assigned to unit|Positive Interactions|Negative Interactions|Door Hangers Left
Trash Reported|Street Light Outages|Abandoned Vehicles|Vacant Houses Noted|Parking Complaints
Speeding Complaints|311 Requests Made|Service Requests|Beat Meeting Attendance|Walk Completed Y/N
Cancelled Reason|Reason Not Completed|Stop Date/Time|Start/Stop Time|Time Stopped|Event No.
Event Category|Name of Meeting|Meeting Name|Meeting Place|Event Street Address|Location Address
Host Agency|Sponsoring Organization|Organizer Organization|Lead Agency Name|Lead Unit Name
Audience|Est. Crowd|Adult Attendance|Youth Attendance|Number of Officers|Number of Volunteers
Number Registered|Hours Spent|Staff Hours|Flyer Languages|Languages Offered|Social Media Posts
Social Media Sentiment|Facebook Posts|Instagram Views|Number of Photos|Photos Posted|News Coverage
Outlet Name|Faith-Based Outreach|Faith Institutions Contacted|Church Visits
Temple Street Block Party|Religious Institutions Visited|HOA Meeting|Tenants Association Meeting
Civic Association Name|Neighborhood Association Name|Block Club Name|Youth Club Name
Membership Drive Events|Voter Precinct|Voting District|Political Subdivision|Parish|Parish Name
County Name|City Name|Ward No|Census Tract Name|Zip|Case Number|Incident No|Report Number
Incident Date|Offense|Offense Code|Offense Description|UCR Code|NIBRS Code|Nature of Call
Incident Address Block|100 Block|Hundred Block Address|Beat of Occurrence|Reported Date
Occurred From|Occurred To|Case Status|Clearance Type|Weapon Type|Domestic Y/N
Shooting Victims Count|Number of Victims|Victim Count|Homicide Victims|Fatal|Nonfatal|Premise Type
Point X|Point Y|Geo X|Reporting Area|Reporting District|Report Source|Walk Triggered|Hours to Walk
Walk Within 24 h|Property Loss|Stolen Vehicles|Recovered Vehicles|Period|Reporting Month
Fiscal Month|Indicator|Indicator Name|Measure Name|Count|Total|Rate per 1,000|Target|Baseline
Tips via Web|Tips by Phone|Phone Tips|Text Tips|Email Tips|Hotline Calls|Tip Line Calls
Crime Reports by Phone|Online Reports|Reports by Mail|Complaints Sustained
Complaints Received by Phone|Complaint Category Name|Complaints: Discourtesy|Survey Respondents
Survey Sample Weight|Opinion Survey Wave|Satisfaction Mean|Trust Score|Community Attitudes Survey
Response Rate|Suspended Cases|Emails Sent|Newsletter Emails|Mobile Precinct Visits
Mobile Food Pantry|Cell Block Tours|Citizens Academy Graduates|Citizen Academy Class
Citizen Contacts|Citizen Requests|Visa Gift Cards Given|Passport Fair Attendance
Photo Contest Entries|Num. Caminata|Fecha de caminata|Hora inicio|Hora fin|Minutos totales
Oficiales|Vecinos contactados|Negocios visitados|Iglesias visitadas|Nombre del barrio
Nombre de la escuela|Nombre de la calle|Nombre del programa|Colonia|Distrito|Tipo de caminata
Volantes entregados|Fotos tomadas|Observaciones|Idioma|Temas tratados|Seguimiento|Grupo vecinal
Reunion comunitaria|Asistentes|Ninos contactados|Quejas recibidas|Direccion del evento
Paradas de autobus|Pelicula en el parque|Interaction Type|Activity Name|Activity Description
Operation Name|Strategy Name|Program Name|Initiative Name|Project Name|Campaign Name
Lead Organization|Partner Organization Name|Org Name|Org Type|Agency Name|Letter Signed
Memo Expiration|Responsible Unit|Bureau|Division Name|Shift Name|Team Name|Squad Name
District Name|Sector Name|Zone Name|Station Name|Facility Name|Park Address|School Address
Venue Address|Site Address|Business Name|Business Address|Store Name|Apartment Complex Name
Building Name|Handled By Unit|Handle Time|Grid Cell|Cellular Tower Outage|Image Quality Score
Document Type|Documented|Birth of a Nation Screening|Church Street Walk|Stop Sign Requests
Stop the Violence Event|Search for Peace Event|Gang Prevention Program|Reentry Program Referrals
Immigrant Services Referrals|Suspected Overdose Calls|Hostile Architecture Removed
Height of Grass Complaints|Weight Room Hours|Address Verified Concern
Offender Reentry Services Partner
"""
AGENCIES_FORBIDDEN = """
Business Owner Name|Owner's Name|Attendee Name|Participant Names|Sign-in Name|Child Name
Parent Name|Guardian|Name of Juvenile|Event Organizer Name|Team Leader Name|School Principal Name
Park Visitor Name|Walk Coordinator Name|Reporting Person|Complainant Name|Victim Name|Victim Age
Victim Race|Witness Name|Witness Phone|Caller Name|Caller Phone|Call Back Number|Callback #
RP Name|RP Phone|Who did you talk to|Person Contacted|Spoke With|Contact Person|Point of Contact
POC Phone|Volunteer Email|Resident Address|Complainant Address|Apt Number|Cell Phone Number
WhatsApp|Snapchat|TikTok handle|User Name|Screen Name|Officer 1 Name|Officer Last|Ofc Name
Sgt Name|Officer Badge No|PID|Serial No of Officer|Employee #|Driver Lic No|State ID Number
Student ID|Inmate Number|FBI No|SID Number|NCIC Hit|NCIC Check|Wanted Check|Ran for Warrants
Warrant Found|Arrests During Walk|Arrest Made Y/N|Stops Conducted|Ped Stop Count
FI Cards Completed|FIs|Field Interviews Completed|Suspicious Persons|Suspicious Activity Report
SAR No|Subject Name|Subjects Identified|Gang Tattoos|Gang Intel|Known Gang Members Present
Source Number|CRI Number|Informant Developed|Vehicle Tag|Tag #|Veh Lic|License Plate No
Plate State|Religious Preference|Religion of Family|Faith of Resident|Attends Church
Mosque Attended|Church Membership|Party Reg|Registered Voter|Voted Y/N|Political Sign in Yard
Political Views|Yard Sign|Attitude of Resident|Resident Attitude|Opinion of Police
Hostile to Police|Cooperative Y/N|Uncooperative|Union Member|Group Memberships|Belongs to
Affiliated With|Associates With|Protester|Activist Y/N|Immigration Status|US Citizen Y/N|Citizen?
Visa Status|Green Card|Undocumented Y/N|Speaks English/Undocumented|Nationality|Country of Birth
Birth Country|Photo of Resident|Photo File Name|Portrait|Selfie|Nombre del vecino|Nombre del menor
Nombre del dueno|Telefono|Numero de celular|Domicilio|Correo|Religion|Religion del residente
Partido politico|Estatus migratorio|Placas del vehiculo|Sospechosos|Arrestos realizados
Detenciones|Antecedentes penales|Pandillas|Apellidos|Sobrenombre|CURP|INE|Fecha nac.|Huella
"""

# A second set of the same kind, tried once the rules were mended: this is what they are worth on
# names that nobody mended them for. At first try 3 of 106 harmless ones were taken for forbidden,
# and 49 of 80 forbidden ones were found; a few words were added since.
SECOND_ALLOWED = """
Walk ID No|Day of Week|Shift Start|Roster Size|Badge Count|Sworn Present|Civilian Present
Command Staff Present|Chaplain Present|K9 Present|Bike Patrol|Start Location|End Location
Nearest Intersection|GPS Distance (mi)|Steps|Kids Engaged|Shop Owners Engaged|Residents Reached
New Faces Met|Doors Opened|Not Home|Refused Flyer|Business Cards Given|Safety Tips Given
Issues Found|Issue Referred To|City Dept Notified|Ticket Number 311|Street Condition|Lights Out
Graffiti Sites|Loitering Concern|Drug Activity Concern|Noise Concern|Homeless Outreach Referral
Mental Health Referrals|Group Size|Weather Notes|Walk Cancelled|Make-up Date|Program Type
Partner Type|Hosted By Unit|Community Room|Room Reserved|Setup Time|RSVP Count|Turnout|Walk-ins
Meals Served|Backpacks Given|Toys Donated|Bikes Registered|Car Seats Checked
Vehicle VIN Etching Event|Gun Locks Given|Pills Collected (lb)|Speaker Topic|Presentation Title
Feedback Cards|Thank You Letters|Event Rating Avg|Email Blast Sent|Text Alerts Sent
Nextdoor Impressions|Interfaith Council Meeting|Ministers Alliance Meeting|Clergy Council Partners
Pride Parade|March for Peace|Town Hall Meeting|Candidate Forum Held|Early Voting Site Visit
Polling Place Detail|Shooting Date|Time of Call|Dispatch Priority|Arrival Time|First Unit on Scene
Scene Cleared|Caliber|Casings Recovered|Injury Level|Number Injured|Motive Category
Public/Private Space|Indoor/Outdoor|Incident City|Incident Zip|Nearest School
Detective Unit Assigned|Case Cleared|Murders|Aggravated Assaults|Thefts from Vehicle|Clearances
Tip Source|Tip Channel|Calls to Hotline|Web Tips|Complaints - Rudeness|Complaints Unfounded
Compliments|Area Population|Households
"""
SECOND_FORBIDDEN = """
Contact's DOB|Contact Age/Race/Sex|Resident First|Resident Last|Who We Met|People Met (names)
Names of Kids|Shop Owner Name|Shop Owner Cell|Homeowner Phone|Emergency Contact|Next of Kin|Spouse
Landlord Name|Tenant Name|House #|House Number|Home Phone|Residence|Lives At|Occupant|Occupants
Religion Observed|Church of Resident|Which Church|Muslim Household|Headscarf|Language/Nationality
Born In|Papers|Alien Reg No|Immig Doc|Work Permit|Political Signs|MAGA Sign|BLM Supporter
Supports Police Y/N|Opinion of Dept|Attitude|Demeanor|Views on Police|Anti-Gov|Sovereign Citizen
Gang Colors|Gang Set|Gang Moniker|Moniker|Street Name/Alias|AKA|Tattoos|Suspect Vehicle
Suspicious Vehicle Plate|Plate #|Make/Model/Plate|ID Checked|Ran Name|Warrant Y/N|Consent Search
Frisk Y/N|Arrested Y/N|Cited|Summons No|Intel for Detectives|Info on Suspects|CI Potential
Possible Informant|Photo of Group|Face Photo|BWC Still|Signature|Email of Attendee
Instagram Handle|Nombre y telefono|Nombre del contacto|Direccion de casa|Edad y sexo
Pais de nacimiento|Partido que apoya|Iglesia del vecino|Pandillero
"""


def listed(text: str) -> list[str]:
    """The names of a list, in its order."""
    return [name.strip() for line in text.split("\n") for name in line.split("|") if name.strip()]
