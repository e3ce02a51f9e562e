"""Addresses of this room."""

from django.urls import path

from passerelle.eoi.pages import candidate, employer, public, staff

app_name = "eoi"

urlpatterns = [
    path("receipts/", public.VerifyReceipt.as_view(), name="verify_receipt"),
    # the employer
    path("employer/eoi/start/", employer.Start.as_view(), name="start"),
    path("employer/eoi/<str:reference>/", employer.EmployerFile.as_view(), name="employer_file"),
    path("employer/eoi/<str:reference>/category/", employer.Category.as_view(), name="category"),
    path("employer/eoi/<str:reference>/criteria/", employer.Criteria.as_view(), name="criteria"),
    path("employer/eoi/<str:reference>/criteria/<slug:key>/", employer.Criterion.as_view(), name="criterion"),
    path("employer/eoi/<str:reference>/candidate/", employer.LetIn.as_view(), name="let_in"),
    path("employer/eoi/<str:reference>/candidate/again/", employer.ResendAccess.as_view(), name="resend_access"),
    path("employer/eoi/<str:reference>/drop/", employer.DropFile.as_view(), name="drop"),
    # the candidate
    path("candidate/eoi/start/", candidate.StartOwn.as_view(), name="start_own"),
    path("candidate/eoi/<str:reference>/", candidate.CandidateFile.as_view(), name="candidate_file"),
    path("candidate/eoi/<str:reference>/questions/", candidate.Tasks.as_view(), name="tasks"),
    path("candidate/eoi/<str:reference>/questions/<slug:section>/", candidate.Section.as_view(), name="section"),
    path("candidate/job-offer/", candidate.TakeUp.as_view(), name="take_up"),
    path("candidate/eoi/<str:reference>/check/", candidate.Check.as_view(), name="check"),
    path("candidate/eoi/<str:reference>/receipt/", candidate.Receipt.as_view(), name="receipt"),
    path("candidate/eoi/<str:reference>/answers/", candidate.Answers.as_view(), name="answers"),
    path("candidate/eoi/<str:reference>/withdraw/", candidate.Withdraw.as_view(), name="withdraw"),
    path("candidate/eoi/<str:reference>/anew/", candidate.FileAnew.as_view(), name="file_anew"),
    path("candidate/eoi/<str:reference>/criteria/", candidate.MyCriteria.as_view(), name="my_criteria"),
    path("candidate/eoi/<str:reference>/criteria/<slug:key>/", candidate.MyCriterion.as_view(), name="my_criterion"),
    path("candidate/eoi/<str:reference>/discard/", candidate.DiscardOwn.as_view(), name="discard_own"),
    path("candidate/eoi/<str:reference>/hold/", candidate.Hold.as_view(), name="hold"),
    path("candidate/eoi/<str:reference>/resume/", candidate.Resume.as_view(), name="resume"),
    path("candidate/eoi/<str:reference>/change/", candidate.Change.as_view(), name="change"),
    path("candidate/eoi/<str:reference>/check-change/", candidate.ChangeCheck.as_view(), name="change_check"),
    path("candidate/eoi/<str:reference>/drop-change/", candidate.DropChange.as_view(), name="change_drop"),
    path(
        "candidate/eoi/<str:reference>/change/<slug:section>/",
        candidate.ChangeSection.as_view(),
        name="change_section",
    ),
    path("candidate/eoi/<str:reference>/proof/", candidate.Evidence.as_view(), name="evidence"),
    path("candidate/eoi/<str:reference>/proof/<int:pk>/", candidate.EvidenceUpload.as_view(), name="evidence_upload"),
    path(
        "candidate/eoi/<str:reference>/proof/<int:pk>/<uuid:document>/remove/",
        candidate.EvidenceRemove.as_view(),
        name="evidence_remove",
    ),
    path(
        "candidate/eoi/<str:reference>/documents/<uuid:document>/",
        candidate.EvidenceFile.as_view(),
        name="evidence_file",
    ),
    path("candidate/eoi/<str:reference>/reply/", candidate.Reply.as_view(), name="reply"),
    # staff
    path("staff/eoi/", staff.ReviewList.as_view(), name="review_list"),
    path("staff/eoi/next/", staff.TakeNext.as_view(), name="take_next"),
    path("staff/eoi/second/", staff.SecondOfficer.as_view(), name="second_officer"),
    path("staff/eoi/bars/", staff.Bars.as_view(), name="bars"),
    path("staff/eoi/withdrawals/", staff.KeyWithdrawal.as_view(), name="key_withdrawal"),
    path("staff/pool/", staff.Pool.as_view(), name="pool"),
    path("staff/streams/", staff.Closings.as_view(), name="closings"),
    path("staff/streams/<slug:stream>/", staff.Closing.as_view(), name="closing"),
    path("staff/streams/<slug:stream>/settle/", staff.SettleClosing.as_view(), name="closing_settle"),
    path("staff/eoi/<str:reference>/", staff.Review.as_view(), name="review"),
    path("staff/eoi/<str:reference>/confirm/", staff.Confirm.as_view(), name="confirm"),
    path("staff/eoi/<str:reference>/proof/", staff.AskEvidence.as_view(), name="ask_evidence"),
    path("staff/eoi/<str:reference>/proof/drop/", staff.DropRequest.as_view(), name="drop_request"),
    path("staff/eoi/<str:reference>/proof/<int:pk>/", staff.FindEvidence.as_view(), name="find_evidence"),
    path("staff/eoi/<str:reference>/doubt/", staff.RaiseDoubt.as_view(), name="doubt"),
    path("staff/eoi/<str:reference>/doubt/lift/", staff.LiftDoubt.as_view(), name="lift_doubt"),
    path("staff/eoi/<str:reference>/refuse/", staff.Refuse.as_view(), name="refuse"),
    path("staff/eoi/<str:reference>/bar/", staff.SettleBar.as_view(), name="settle_bar"),
    path("staff/eoi/<str:reference>/facts/<slug:fact>/", staff.ChangeFact.as_view(), name="change_fact"),
    path("staff/eoi/<str:reference>/changes/<int:pk>/", staff.SettleFact.as_view(), name="settle_fact"),
    path("staff/eoi/<str:reference>/question/", staff.AnswerQuestion.as_view(), name="answer_question"),
    path("staff/eoi/<str:reference>/notes/", staff.AddNote.as_view(), name="note"),
    path(
        "staff/eoi/<str:reference>/documents/<uuid:document>/<int:page>/",
        staff.StaffDocumentPage.as_view(),
        name="staff_document_page",
    ),
    path("staff/eoi/<str:reference>/documents/<uuid:document>/", staff.StaffDocument.as_view(), name="staff_document"),
]
