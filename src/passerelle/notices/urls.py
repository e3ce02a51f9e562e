from django.urls import path

from passerelle.notices.pages import public, reader, staff

app_name = "notices"

urlpatterns = [
    path("messages/", reader.Inbox.as_view(), name="inbox"),
    path("messages/<int:pk>/", reader.Message.as_view(), name="notice"),
    path("letters/<str:number>/", reader.LetterPage.as_view(), name="letter"),
    path("letters/<str:number>/letter.pdf", reader.LetterFile.as_view(), name="letter_pdf"),
    path("verify/", public.Verify.as_view(), name="verify"),
    path("verify/<str:number>/", public.Verify.as_view(), name="verify_letter"),
    path("staff/tasks/", staff.Tasks.as_view(), name="tasks"),
    path("staff/tasks/<int:pk>/", staff.Task.as_view(), name="task"),
]
