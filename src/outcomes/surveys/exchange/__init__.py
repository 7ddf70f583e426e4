"""Instruments to and from other tools: XLSForm, XForm, SurveyJS, LimeSurvey, Qualtrics, REDCap."""
