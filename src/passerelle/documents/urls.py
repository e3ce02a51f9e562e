from django.urls import path

from passerelle.documents.pages import uploads

app_name = "documents"

urlpatterns = [
    path("uploads/", uploads.Uploads.as_view(), name="upload"),
    path("uploads/<uuid:pk>/", uploads.UploadPart.as_view(), name="upload_part"),
]
