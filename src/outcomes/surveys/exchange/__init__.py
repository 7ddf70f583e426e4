"""Instruments to and from the field's other tools: XLSForm, XForm, SurveyJS, LimeSurvey and more."""
