"""Account, subaccounts, applications, endpoints, tokens, verified caller IDs, prices and lookups."""

import base64
import json
import re

from surroundings import AUTH_ID, MONEY, PHONE_3, RFC_3339, RUN, UUID, api, code_at, inbox, matches, web
from walk import A, equal, given, gone, step


def walk_account():
    @step(f"GET {A}/")
    def _():
        account = api.account.get()
        equal((account.auth_id, account.resource_uri), (AUTH_ID, f"/v1/Account/{AUTH_ID}/"))
        matches(MONEY, account.cash_credits)
        equal(type(account.auto_recharge), bool)
        assert account.billing_mode in ("prepaid", "postpaid")

    @step(f"POST {A}/")
    def _():
        equal(api.account.update(name=f"Python {RUN}", city="Austin", address="1 Main St").message, "changed")
        account = api.account.get()
        equal((account.name, account.city, account.address), (f"Python {RUN}", "Austin", "1 Main St"))

    walk_subaccounts()
    app_id = walk_applications()
    walk_endpoints(app_id)

    @step(f"DELETE {A}/Application/{{app_id}}/")
    def _():
        api.applications.delete(given(app_id, "application"), cascade=True)
        gone(lambda: api.applications.get(app_id))

    @step(f"POST {A}/JWT/Token/")
    def _():
        token = api.token.create(AUTH_ID, sub="ana", outgoing_allow=True).token
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        equal((claims["iss"], claims["sub"], claims["per"]["voice"]["outgoing_allow"]), (AUTH_ID, "ana", True))

    walk_verified_caller_ids()

    @step(f"GET {A}/Pricing/")
    def _():
        prices = api.pricing.get("US")
        equal((prices.country_code, prices.country_iso), (1, "US"))
        rate = prices.voice["outbound"]["rates"][0]
        equal((type(rate["prefix"]), type(rate["origination_prefix"])), (list, list))
        matches(MONEY, rate["rate"])
        matches(MONEY, prices.message["outbound"]["rate"])

    @step("GET /v1/Number/{number}")
    def _():
        found = api.lookup.get("+14155550123")
        equal((found.phone_number, found.country["iso2"], found.country["iso3"]), ("+14155550123", "US", "USA"))
        equal(found.format["e164"], "+14155550123")
        equal(type(found.carrier["type"]), str)


def walk_subaccounts():
    @step(f"POST {A}/Subaccount/")
    def auth_id():
        made = api.subaccounts.create(name=f"python {RUN}", enabled=True)
        equal((made.message, type(made.auth_token)), ("created", str))
        return matches(re.compile(r"^SA[A-Z0-9]{18}$"), made.auth_id)

    @step(f"GET {A}/Subaccount/{{subauth_id}}/")
    def _():
        one = api.subaccounts.get(given(auth_id, "subaccount"))
        equal((one.auth_id, one.name, one.enabled), (auth_id, f"python {RUN}", True))
        equal(one.account, f"/v1/Account/{AUTH_ID}/")

    @step(f"GET {A}/Subaccount/")
    def _():
        found = api.subaccounts.list(limit=20, offset=0)
        assert auth_id in [one.auth_id for one in found]
        equal((found.meta.limit, found.meta.offset, type(found.meta.total_count)), (20, 0, int))

    @step(f"POST {A}/Subaccount/{{subauth_id}}/")
    def _():
        equal(api.subaccounts.update(given(auth_id, "subaccount"), name=f"renamed {RUN}", enabled=False).message, "changed")
        one = api.subaccounts.get(auth_id)
        equal((one.name, one.enabled), (f"renamed {RUN}", False))

    @step(f"DELETE {A}/Subaccount/{{subauth_id}}/")
    def _():
        api.subaccounts.delete(given(auth_id, "subaccount"), cascade=True)
        gone(lambda: api.subaccounts.get(auth_id))


def walk_applications():
    @step(f"POST {A}/Application/")
    def app_id():
        made = api.applications.create(
            app_name=f"python-{RUN}", answer_url=web("/xml/wait"), answer_method="GET", log_incoming_messages=False
        )
        equal(made.message, "created")
        return matches(re.compile(r"^\d{17}$"), made.app_id)

    @step(f"GET {A}/Application/{{app_id}}/")
    def _():
        app = api.applications.get(given(app_id, "application"))
        equal((app.app_name, app.answer_url, app.answer_method), (f"python-{RUN}", web("/xml/wait"), "GET"))
        equal((app.enabled, app.default_app, app.log_incoming_messages), (True, False, False))

    @step(f"GET {A}/Application/")
    def _():
        found = api.applications.list(limit=20, app_name=f"python-{RUN}")
        assert app_id in [app.app_id for app in found]
        equal(type(found.meta.total_count), int)

    @step(f"POST {A}/Application/{{app_id}}/")
    def _():
        equal(api.applications.update(given(app_id, "application"), answer_url=web("/xml/record")).message, "changed")
        equal(api.applications.get(app_id).answer_url, web("/xml/record"))

    return app_id


def walk_endpoints(app_id):
    @step(f"POST {A}/Endpoint/")
    def made():
        created = api.endpoints.create(f"python{RUN}", "secret-1", "desk", app_id=given(app_id, "application"))
        equal((created.message, created.alias), ("created", "desk"))
        matches(re.compile(rf"^python{RUN}\d{{12}}$"), created.username)
        return created

    @step(f"GET {A}/Endpoint/{{endpoint_id}}/")
    def _():
        endpoint = api.endpoints.get(given(made, "endpoint").endpoint_id)
        equal((endpoint.username, endpoint.alias, endpoint.sip_registered), (made.username, "desk", "false"))
        equal(endpoint.application, f"/v1/Account/{AUTH_ID}/Application/{app_id}/")
        assert endpoint.sip_uri.startswith(f"sip:{made.username}@")

    @step(f"GET {A}/Endpoint/")
    def _():
        found = api.endpoints.list(limit=20)
        assert given(made, "endpoint").endpoint_id in [one.endpoint_id for one in found]
        equal(type(found.meta.total_count), int)

    @step(f"POST {A}/Endpoint/{{endpoint_id}}/")
    def _():
        equal(api.endpoints.update(given(made, "endpoint").endpoint_id, alias="hall").message, "changed")
        equal(api.endpoints.get(made.endpoint_id).alias, "hall")

    @step(f"DELETE {A}/Endpoint/{{endpoint_id}}/")
    def _():
        api.endpoints.delete(given(made, "endpoint").endpoint_id)
        gone(lambda: api.endpoints.get(made.endpoint_id))


def walk_verified_caller_ids():
    callers = api.verify_callerids
    number = "+" + PHONE_3
    texts = len(inbox(PHONE_3))

    @step(f"POST {A}/VerifiedCallerId/")
    def uuid():
        begun = callers.initiate_verify(phone_number=number, alias=f"python {RUN}", channel="sms")
        assert begun.message.startswith("Verification code is sent to number"), begun.message
        return matches(UUID, begun.verification_uuid)

    @step(f"POST {A}/VerifiedCallerId/Verification/{{verification_uuid}}/")
    def _():
        verified = callers.verify_caller_id(given(uuid, "verification"), otp=code_at(PHONE_3, texts))
        equal((verified.phone_number, verified.alias, verified.channel), (number, f"python {RUN}", "sms"))
        matches(RFC_3339, verified.created_at)

    @step(f"GET {A}/VerifiedCallerId/{{phone_number}}/")
    def _():
        one = callers.get_verified_caller_id(number)
        equal((one.phone_number, one.country, one.verification_uuid), (number, "US", uuid))

    @step(f"GET {A}/VerifiedCallerId/")
    def _():
        found = callers.list_verified_caller_id(alias=f"python {RUN}", country="US")
        equal([one["phone_number"] for one in found.objects], [number])

    @step(f"POST {A}/VerifiedCallerId/{{phone_number}}/")
    def _():
        equal(callers.update_verified_caller_id(number, alias="other").alias, "other")

    @step(f"DELETE {A}/VerifiedCallerId/{{phone_number}}/")
    def _():
        callers.delete_verified_caller_id(number)
        gone(lambda: callers.get_verified_caller_id(number))
