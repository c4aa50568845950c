"""What the SDK reads of voice when nobody is on the line; calls are made elsewhere."""

import json
import re
import unittest

import plivo
import support
from support import OTHER_PHONE, OWN_NUMBER, PHONE, client

NO_CALL = "019a0000-0000-7000-8000-000000000000"


class CallRecordTest(unittest.TestCase):
    def setUp(self):
        self.api = client()

    def test_lists_no_calls_of_any_kind(self):
        self.assertEqual(list(self.api.calls.list(limit=5, offset=0, parent_call_uuid=NO_CALL)), [])
        self.assertEqual(list(self.api.calls.list(call_direction="inbound", to_number="1999")), [])
        self.assertEqual(self.api.live_calls.list_ids(from_number="1999").calls, [])
        self.assertEqual(self.api.queued_calls.list_ids().calls, [])

    def test_hears_that_there_is_no_such_call(self):
        for attempt in (
            lambda: self.api.calls.get(NO_CALL),
            lambda: self.api.live_calls.get(NO_CALL),
            lambda: self.api.queued_calls.get(NO_CALL),
            lambda: self.api.calls.hangup(NO_CALL),
            lambda: self.api.calls.cancel(NO_CALL),
            lambda: self.api.calls.play(NO_CALL, urls=["http://127.0.0.1:9/a.mp3"]),
            lambda: self.api.calls.speak(NO_CALL, text="Hello"),
            lambda: self.api.calls.send_digits(NO_CALL, digits="1"),
            lambda: self.api.calls.record(NO_CALL),
            lambda: self.api.calls.transfer(NO_CALL, legs="aleg", aleg_url="http://127.0.0.1:9/a"),
            lambda: self.api.call_feedback.create(NO_CALL, 5),
        ):
            with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
                attempt()

    def test_hears_what_is_wrong_with_a_call(self):
        with self.assertRaisesRegex(plivo.exceptions.ValidationError, "not associated with your account"):
            self.api.calls.create(from_="+14155550199", to_="+" + PHONE, answer_url="http://127.0.0.1:9/answer")
        with self.assertRaisesRegex(plivo.exceptions.ValidationError, "to parameter"):
            self.api.calls.create(from_="+" + OWN_NUMBER, to_="nobody", answer_url="http://127.0.0.1:9/answer")

    def test_lists_no_recordings(self):
        self.assertEqual(list(self.api.recordings.list(call_uuid=NO_CALL)), [])
        self.assertEqual(list(self.api.recordings.list(recording_storage_duration__gte=80, limit=20)), [])
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.api.recordings.get(NO_CALL)


class EndpointTest(unittest.TestCase):
    def test_walks_through_the_life_of_an_endpoint(self):
        api = client()
        created = api.endpoints.create(username="python", password="secret-1", alias="desk")
        self.assertRegex(created.username, r"^python\d{12}$")
        endpoint = api.endpoints.get(created.endpoint_id)
        self.assertEqual((endpoint.username, endpoint.alias, endpoint.sip_registered), (created.username, "desk", "false"))
        self.assertRegex(endpoint.password, r"^[0-9a-f]{32}$")
        self.assertIn(created.endpoint_id, [entry.endpoint_id for entry in api.endpoints.list(limit=20)])
        self.assertEqual(api.endpoints.update(created.endpoint_id, alias="hall").message, "changed")
        self.assertEqual(api.endpoints.get(created.endpoint_id).alias, "hall")
        api.endpoints.delete(created.endpoint_id)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            api.endpoints.get(created.endpoint_id)


class VerifiedCallerIdTest(unittest.TestCase):
    def test_walks_through_the_life_of_a_verified_caller_id(self):
        callers = client().verify_callerids
        begun = callers.initiate_verify(phone_number="+" + OTHER_PHONE, alias="python", channel="sms")
        self.assertIn("valid for 15 minutes", begun.message)

        def code():
            received = json.loads(support.operator(f"phones/{OTHER_PHONE}/messages"))["messages"]
            found = [re.search(r"code is (\d{6})", message["text"]) for message in received]
            return next((match.group(1) for match in found if match), None)

        verified = callers.verify_caller_id(begun.verification_uuid, otp=support.eventually("code", code))
        self.assertEqual((verified.phone_number, verified.alias), ("+" + OTHER_PHONE, "python"))
        self.assertEqual(callers.get_verified_caller_id("+" + OTHER_PHONE).verification_uuid, begun.verification_uuid)
        listed = callers.list_verified_caller_id(alias="python", country="US")
        self.assertEqual(listed.objects[0]["phone_number"], "+" + OTHER_PHONE)
        self.assertEqual(callers.update_verified_caller_id(OTHER_PHONE, alias="other").alias, "other")
        callers.delete_verified_caller_id(OTHER_PHONE)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            callers.get_verified_caller_id(OTHER_PHONE)
        self.assertEqual(callers.list_verified_caller_id(alias="python").objects, [])


if __name__ == "__main__":
    unittest.main()
