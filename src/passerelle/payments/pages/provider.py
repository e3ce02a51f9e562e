"""Where a provider reports what became of a payment. No session, no cookie: its signature says who it is."""

import structlog
from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from passerelle.core.arrival import ArrivedRequest
from passerelle.payments import operations, providers
from passerelle.payments.operations import UnknownAttempt
from passerelle.payments.providers import NotGenuine, StripeCheckout

log = structlog.get_logger("passerelle.payments")


@method_decorator(csrf_exempt, name="dispatch")
class Callback(View):
    """Takes one message. 200: taken, or not ours; 400: not genuine; 404: unknown; 500: to be sent again."""

    http_method_names = ["post"]

    def post(self, request: ArrivedRequest, variant: str) -> HttpResponse:
        provider = providers.of(variant) if variant in settings.PAYMENT_VARIANTS else None
        if not isinstance(provider, StripeCheckout):
            raise Http404
        try:
            message = provider.read(request)
        except NotGenuine as fault:
            log.warning("callback refused", provider=variant, error=str(fault))
            return JsonResponse({"error": "not genuine"}, status=400)
        if message is None:
            return JsonResponse({"status": "not ours"})
        return self._take(request, *message)

    def _take(self, request: ArrivedRequest, token: str, report: providers.Report) -> HttpResponse:
        try:
            operations.take_report(token=token, report=report, at=request.arrived_at)
        except UnknownAttempt:
            return JsonResponse({"error": "unknown"}, status=404)
        except Exception:
            # Undone whole. The provider sends it again; a person learns of it, because the money is with them.
            log.exception("callback not taken in")
            operations.report_trouble(token=token, at=request.arrived_at)
            return JsonResponse({"error": "try again"}, status=500)
        return JsonResponse({"status": "taken"})
