"""Which provider takes the money is set by the operator; where people come by https the practice card is refused."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from passerelle.project.paying import settings_of

HERE, OUT_THERE = "http://127.0.0.1:8000", "https://portal.example.ca"
STRIPE = {"PAYMENT_PROVIDER": "stripe", "STRIPE_API_KEY": "sk_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}


def test_on_one_machine_the_practice_card_is_there_by_itself():
    assert settings_of({}, url=HERE).provider == "dummy"


def test_where_people_come_by_https_no_provider_is_assumed():
    assert settings_of({}, url=OUT_THERE) == ("", {})


def test_the_practice_card_is_refused_there_unless_told():
    with pytest.raises(ImproperlyConfigured, match="PAYMENT_DUMMY_ALLOWED"):
        settings_of({"PAYMENT_PROVIDER": "dummy"}, url=OUT_THERE)
    told = {"PAYMENT_PROVIDER": "dummy", "PAYMENT_DUMMY_ALLOWED": "yes"}
    assert settings_of(told, url=OUT_THERE).provider == "dummy"


def test_a_provider_needs_its_keys_and_may_have_them_in_files(tmp_path):
    for missing in ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET"):
        with pytest.raises(ImproperlyConfigured, match="STRIPE_API_KEY"):
            settings_of({key: value for key, value in STRIPE.items() if key != missing}, url=OUT_THERE)
    (tmp_path / "key").write_text("sk_2\n")
    in_file = {**STRIPE, "STRIPE_API_KEY_FILE": str(tmp_path / "key")}

    assert settings_of(in_file, url=OUT_THERE).variants["stripe"][1] == {
        "api_key": "sk_2",
        "endpoint_secret": "whsec_1",
    }


def test_an_unknown_provider_is_named():
    with pytest.raises(ImproperlyConfigured, match="PAYMENT_PROVIDER=paypal"):
        settings_of({"PAYMENT_PROVIDER": "paypal"}, url=HERE)


def test_refunds_still_reach_a_provider_that_is_no_longer_chosen():
    changed = {**STRIPE, "PAYMENT_PROVIDER": "dummy"}
    assert sorted(settings_of(changed, url=HERE).variants) == ["dummy", "stripe"]
