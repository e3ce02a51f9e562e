"""Addresses of the room."""

from django.urls import path

from passerelle.applications.pages import federal, federal_file, joining, parts, party, staff, staff_acts, staff_file

app_name = "applications"

_FILE = "application/<str:reference>/"
_PART = f"{_FILE}form/<slug:part>/"
_STAFF = "staff/application/<str:reference>/"

urlpatterns = [
    path("employer/invitation/<str:reference>/apply/", party.Open.as_view(), name="open"),
    path("candidate/invitation/<str:reference>/apply/", party.OpenAsCandidate.as_view(), name="open_as_candidate"),
    path("employer/join/<str:token>/", joining.Join.as_view(), name="join"),
    path(_FILE, party.File.as_view(), name="file"),
    path(f"{_FILE}employer/", joining.LetInEmployer.as_view(), name="let_in_employer"),
    path(f"{_FILE}question/", party.AnswerInformation.as_view(), name="answer"),
    path(f"{_FILE}withdraw/", party.Withdraw.as_view(), name="withdraw"),
    path(f"{_FILE}change/", party.ReportChange.as_view(), name="change"),
    path(f"{_FILE}federal-invitation/", federal.Tell.as_view(), name="federal_invitation"),
    path(f"{_FILE}federal-invitation/proof/", federal.SendProof.as_view(), name="decline_proof"),
    path(f"{_FILE}review/", party.AskReview.as_view(), name="ask_review"),
    path(f"{_FILE}agreement/", party.Agreement.as_view(), name="agreement"),
    path(f"{_FILE}support-letter/", party.AskSupportLetter.as_view(), name="ask_support_letter"),
    path(f"{_PART}section/<slug:section>/", parts.Section.as_view(), name="section"),
    path(f"{_PART}documents/", parts.Documents.as_view(), name="documents"),
    path(f"{_PART}documents/<uuid:document>/", parts.Document.as_view(), name="document"),
    path(f"{_PART}documents/<uuid:document>/remove/", parts.RemoveDocument.as_view(), name="remove_document"),
    path(f"{_PART}company-facts/", parts.CompanyFacts.as_view(), name="company_facts"),
    path(f"{_PART}check/", parts.Check.as_view(), name="check"),
    path("staff/applications/", staff.Queue.as_view(), name="queue"),
    path("staff/applications/next/", staff.TakeNext.as_view(), name="take_next"),
    path("staff/applications/reviews/", staff.Reviews.as_view(), name="reviews"),
    path("staff/federal-pool/nominations/", federal_file.NominationsFile.as_view(), name="federal_nominations"),
    path(_STAFF, staff_file.File.as_view(), name="staff_file"),
    path(f"{_STAFF}take/", staff.Take.as_view(), name="take"),
    path(f"{_STAFF}put-back/", staff_file.PutBack.as_view(), name="put_back"),
    path(f"{_STAFF}finding/<str:criterion>/", staff_file.RecordFinding.as_view(), name="finding"),
    path(f"{_STAFF}question/", staff_file.AskInformation.as_view(), name="ask"),
    path(f"{_STAFF}return/", staff_acts.ReturnIncomplete.as_view(), name="return_incomplete"),
    path(f"{_STAFF}director-return/", staff_acts.ReturnByDirector.as_view(), name="return_by_director"),
    path(f"{_STAFF}interview/", staff_acts.AskInterview.as_view(), name="ask_interview"),
    path(f"{_STAFF}interview/outcome/", staff_acts.RecordInterview.as_view(), name="record_interview"),
    path(f"{_STAFF}federal-invitation/", federal.Record.as_view(), name="record_federal_invitation"),
    path(f"{_STAFF}federal-invitation/settle/", federal.Settle.as_view(), name="settle_federal_invitation"),
    path(f"{_STAFF}nomination/extend/", staff_acts.Extend.as_view(), name="extend_nomination"),
    path(f"{_STAFF}nomination/pause/", staff_acts.Pause.as_view(), name="pause_nomination"),
    path(f"{_STAFF}nomination/resume/", staff_acts.Resume.as_view(), name="resume_nomination"),
    path(f"{_STAFF}nomination/cancel/", staff_acts.AskCancel.as_view(), name="ask_cancel_nomination"),
    path(f"{_STAFF}nomination/cancel/confirm/", staff_acts.ConfirmCancel.as_view(), name="confirm_cancel_nomination"),
    path(f"{_STAFF}decision/", staff_file.Decide.as_view(), name="decide"),
    path(f"{_STAFF}review/", staff_file.DecideReview.as_view(), name="decide_review"),
    path(f"{_STAFF}support-letter/<int:request_id>/", staff_file.IssueSupportLetter.as_view(), name="support_letter"),
    path(
        f"{_STAFF}document/<str:owner>/<uuid:document>/<int:page>/",
        staff_file.DocumentPage.as_view(),
        name="staff_document_page",
    ),
    path(f"{_STAFF}document/<str:owner>/<uuid:document>/", staff_file.Document.as_view(), name="staff_document"),
]
