"""Calls that are made, controlled and looked up with the SDK; the called parties are those of acceptance/far-end.ts."""

import datetime
import io
import json
import time
import unittest
import urllib.error
import urllib.request
import wave

import plivo
import support
from call_case import CallTestCase
from plivo import plivoxml
from support import ALL_VALID, FAR, OWN_NUMBER, client, eventually, signatures

UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
NO_CALL = "019a0000-0000-7000-8000-000000000000"


class MakeCallTest(CallTestCase):
    def test_makes_one_that_is_live_until_hung_up_and_then_has_a_record(self):
        fired = self.api.calls.create(from_="+" + OWN_NUMBER, to_=FAR["answers"], answer_url=self.stay)
        self.assertEqual(fired.message, "call fired")
        uuid = fired.request_uuid
        self.assertRegex(uuid, UUID)
        live = self.live(uuid)
        self.assertEqual(
            (live.call_uuid, live.request_uuid, live.direction, getattr(live, "from"), live.to),
            (uuid, uuid, "outbound", OWN_NUMBER, FAR["answers"]),
        )
        self.assertRegex(live.session_start, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$")
        self.assertIn(uuid, self.api.live_calls.list_ids(call_direction="outbound", from_number="+" + OWN_NUMBER).calls)
        self.api.calls.hangup(uuid)
        call = self.ended(uuid)
        self.assertEqual(
            (call.call_uuid, call.call_direction, call.call_state, call.from_number, call.to_number),
            (uuid, "outbound", "ANSWER", OWN_NUMBER, FAR["answers"]),
        )
        self.assertEqual((call.hangup_cause_code, call.hangup_cause_name, call.hangup_source), (4000, "Normal Hangup", "API Request"))
        for moment in (call.initiation_time, call.answer_time, call.end_time):
            self.assertIsNotNone(datetime.datetime.strptime(moment, "%Y-%m-%d %H:%M:%S%z"))
        self.assertEqual((type(call.bill_duration), call.billed_duration), (int, 60))
        self.assertRegex(call.total_amount, r"^\d+\.\d{5}$")
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.api.live_calls.get(uuid)

    def test_makes_several(self):
        fired = self.api.calls.create(from_=OWN_NUMBER, to_="<".join((FAR["busy"], FAR["rejects"])), answer_url=self.stay)
        self.assertEqual(fired.message, "calls fired")
        states = [self.ended(uuid).call_state for uuid in fired.request_uuid]
        self.assertEqual(states, ["BUSY", "REJECTED"])

    def test_takes_every_parameter(self):
        url = self.webhooks.url
        uuid = self.dial(
            FAR["leaves"],
            answer_method="GET",
            ring_url=url("/p-ring"),
            ring_method="GET",
            hangup_url=url("/p-hangup"),
            hangup_method="GET",
            fallback_url=url("/p-fallback"),
            fallback_method="GET",
            caller_name="Ana",
            send_digits="w12@100",
            send_on_preanswer=False,
            time_limit=60,
            hangup_on_ring=30,
            machine_detection="false",
            machine_detection_time=5000,
            machine_detection_url=url("/p-machine"),
            machine_detection_method="GET",
            sip_headers="Ticket=A17",
            ring_timeout=30,
            error_if_parent_not_found=False,
        )
        call = self.ended(uuid)
        self.assertEqual((call.call_state, call.hangup_source), ("ANSWER", "Callee"))
        for path in ("/p-ring", "/p-hangup"):
            told = self.webhooks.wait_for(path, lambda got: got["path"] == path)
            self.assertEqual((told["method"], told["params"]["X-PH-Ticket"]), ("GET", "A17"))

    def test_names_the_parameter_that_is_wrong(self):
        for change, text in (
            ({"to_": "nobody"}, "to parameter"),
            ({"from_": "+14155550199"}, "from parameter is invalid"),
            ({"answer_method": "PUT"}, "answer_method parameter"),
            ({"time_limit": 0}, "time_limit parameter"),
            ({"caller_name": "x" * 51}, "caller_name parameter"),
        ):
            with self.assertRaisesRegex(plivo.exceptions.ValidationError, text):
                self.api.calls.create(**{"from_": "+" + OWN_NUMBER, "to_": FAR["answers"], "answer_url": self.stay, **change})

    def test_is_told_of_geo_permissions(self):
        for to, what in ((support.BARRED_COUNTRY_NUMBER, "country"), (support.BARRED_PREFIX_NUMBER, "number")):
            with self.assertRaisesRegex(plivo.exceptions.GeoPermissionError, f"Calls to this destination {what} are barred."):
                self.dial(to)

    def test_maps_wrong_credentials_and_unknown_calls(self):
        with self.assertRaises(plivo.exceptions.AuthenticationError):
            client(auth_token="wrong").calls.get(NO_CALL)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.api.calls.cancel(NO_CALL)

    def test_cancels_a_request_that_rings(self):
        uuid = self.dial(FAR["rings"])
        self.live(uuid, "ringing")
        self.api.calls.cancel(uuid)
        call = self.ended(uuid)
        self.assertEqual((call.call_state, call.hangup_cause_code, call.answer_time), ("CANCEL", 1000, None))

    def test_queues_what_the_rate_of_the_account_does_not_let_start(self):
        slow = client(support.SLOW_AUTH_ID, support.SLOW_AUTH_TOKEN)
        fired = [slow.calls.create(from_=support.SLOW_NUMBER, to_=FAR["busy"], answer_url=self.stay) for _ in range(4)]
        self.assertEqual((fired[0].message, fired[3].message), ("call fired", "call queued"))
        last = fired[3].request_uuid
        queued = slow.queued_calls.get(last)
        self.assertEqual((queued.call_status, queued.call_uuid, queued.request_uuid, queued.to), ("queued", last, last, FAR["busy"]))
        self.assertIn(last, slow.queued_calls.list_ids().calls)
        for one in fired[1:]:
            try:
                slow.calls.cancel(one.request_uuid)
            except plivo.exceptions.ResourceNotFoundError:
                pass  # it has had its turn, and was busy
        self.assertEqual(slow.queued_calls.list_ids().calls, [])

    def test_finds_records_by_each_filter_and_pages(self):
        busy = self.ended(self.dial(FAR["busy"])).call_uuid
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        hour_ago = str((now - datetime.timedelta(hours=1)).replace(microsecond=0))
        for params, wanted in (
            ({"call_direction": "outbound"}, True),
            ({"call_direction": "inbound"}, False),
            ({"from_number": OWN_NUMBER, "to_number": FAR["busy"]}, True),
            ({"to_number": FAR["leaves"]}, False),
            ({"hangup_cause_code": 3010, "hangup_source": "Callee"}, True),
            ({"hangup_cause_code": 4000}, False),
            ({"bill_duration": 0}, True),
            ({"end_time__gt": hour_ago}, True),
            ({"end_time__lt": hour_ago}, False),
            ({"end_time__gte": hour_ago}, True),
            ({"end_time__lte": hour_ago}, False),
            ({"parent_call_uuid": NO_CALL}, False),
        ):
            found = [call.call_uuid for call in self.api.calls.list(limit=20, **params)]
            self.assertEqual(busy in found, wanted, params)
        everything = [call.call_uuid for call in self.api.calls.list(limit=20)]
        page = self.api.calls.list(limit=1, offset=1)
        self.assertEqual([call.call_uuid for call in page.objects], everything[1:2])
        self.assertEqual((page.meta.limit, page.meta.offset), (1, 1))

    def test_takes_feedback(self):
        uuid = self.dial(FAR["leaves"])
        self.ended(uuid)
        given = self.api.call_feedback.create(uuid, 3.5, ["ECHO"], "tin")
        self.assertEqual((given.message, given.status), ("Feedback has been posted", "success"))
        with self.assertRaises(plivo.exceptions.InvalidRequestError):
            self.api.call_feedback.create(uuid, 7)


class LiveCallTest(CallTestCase):
    def test_transfers_each_leg_and_both(self):
        for legs in ("aleg", "bleg", "both"):
            aleg, bleg = self.bridged()
            moved = self.api.calls.transfer(
                aleg,
                legs=legs,
                aleg_url=self.webhooks.answer_xml(f"/a-{legs}", plivoxml.ResponseElement().add_wait(length=30)),
                aleg_method="POST",
                bleg_url=self.webhooks.answer_xml(f"/b-{legs}", plivoxml.ResponseElement().add_wait(length=30)),
                bleg_method="GET",
            )
            self.assertEqual(moved.message, "call transferred")
            for leg, uuid, path in (("aleg", aleg, f"/a-{legs}"), ("bleg", bleg, f"/b-{legs}")):
                if legs not in (leg, "both"):
                    continue
                asked = self.webhooks.wait_for(path, lambda got, path=path: got["path"] == path)
                self.assertEqual((asked["params"]["CallUUID"], asked["params"]["Event"]), (uuid, "Redirect"))
                self.assertEqual(signatures(asked, support.AUTH_TOKEN, support.AUTH_TOKEN), ALL_VALID, path)
            for uuid in (aleg, bleg):
                try:
                    self.api.calls.hangup(uuid)
                except plivo.exceptions.ResourceNotFoundError:
                    self.assertEqual((legs, uuid), ("aleg", bleg), "only a B leg that was left ends by itself")
            self.assertEqual(self.ended(bleg).parent_call_uuid, aleg)

    def test_refuses_transfers_that_cannot_be(self):
        uuid = self.connected(FAR["answers"])
        with self.assertRaisesRegex(plivo.exceptions.ValidationError, "aleg_url parameter is missing"):
            self.api.calls.transfer(uuid, legs="aleg")
        with self.assertRaisesRegex(plivo.exceptions.ValidationError, "B leg"):
            self.api.calls.transfer(uuid, legs="bleg", bleg_url=self.bye)
        self.api.calls.transfer(uuid, legs="aleg", aleg_url=self.bye)
        self.assertEqual(self.ended(uuid).hangup_source, "Answer XML")

    def test_plays_speaks_and_presses_keys(self):
        uuid = self.connected(FAR["answers"])
        tone = self.webhooks.url("/tone.wav")
        self.assertEqual(self.api.calls.play(uuid, urls=tone, loop=True, legs="aleg", mix=True).message, "play started")
        eventually("tone fetched", lambda: [got for got in self.webhooks.received if got["path"] == "/tone.wav"])
        self.api.calls.play_stop(uuid)
        spoken = self.api.calls.speak(uuid, text="Hello", voice="MAN", language="en-US", legs="aleg", loop=False, mix=True)
        self.assertEqual(spoken.message, "speak started")
        self.api.calls.speak_stop(uuid)
        self.assertEqual(self.api.calls.send_digits(uuid, digits="123#", leg="aleg").message, "digits sent")
        with self.assertRaisesRegex(plivo.exceptions.ValidationError, "digits parameter"):
            self.api.calls.send_digits(uuid, digits="abc")
        with self.assertRaisesRegex(plivo.exceptions.ValidationError, "urls parameter"):
            self.api.calls.play(uuid, urls="nowhere")
        self.api.calls.hangup(uuid)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.api.calls.speak(uuid, text="Too late")

    def test_records_and_serves_the_file(self):
        for file_format, method in (("wav", "POST"), ("mp3", "GET")):
            uuid = self.connected(FAR["plays"])
            path = f"/recorded-{file_format}"
            started = self.api.calls.record(
                uuid,
                time_limit=30,
                file_format=file_format,
                record_channel_type="stereo",
                callback_url=self.webhooks.url(path),
                callback_method=method,
            )
            self.assertEqual(started.message, "call recording started")
            time.sleep(1)
            self.api.calls.record_stop(uuid)
            told = self.webhooks.wait_for(path, lambda got: got["path"] == path)
            self.assertEqual(told["method"], method)
            self.assertEqual(
                sorted(told["params"]),
                [
                    "api_id",
                    "call_uuid",
                    "message",
                    "record_url",
                    "recording_duration",
                    "recording_duration_ms",
                    "recording_end_ms",
                    "recording_id",
                    "recording_start_ms",
                ],
            )
            self.assertEqual((told["params"]["recording_id"], told["params"]["call_uuid"]), (started.recording_id, uuid))
            self.assertEqual(signatures(told, support.AUTH_TOKEN, support.AUTH_TOKEN), ALL_VALID)
            with urllib.request.urlopen(started.url, timeout=10) as answer:
                octets = answer.read()
            if file_format == "wav":
                with wave.open(io.BytesIO(octets)) as reader:
                    self.assertEqual((reader.getnchannels(), reader.getsampwidth()), (2, 2))
                    self.assertAlmostEqual(reader.getnframes() / reader.getframerate(), 1, delta=0.5)
            else:
                self.assertEqual(octets[0], 0xFF)
            recording = self.api.recordings.get(started.recording_id)
            self.assertEqual(
                (recording.call_uuid, recording.recording_format, recording.recording_url, recording.recording_type),
                (uuid, file_format, started.url, "call"),
            )
            self.assertEqual([one.recording_id for one in self.api.recordings.list(call_uuid=uuid)], [started.recording_id])
            self.api.recordings.delete(started.recording_id)
            with self.assertRaises(urllib.error.HTTPError) as gone:
                urllib.request.urlopen(started.url, timeout=10)
            self.assertEqual(gone.exception.code, 404)
            self.api.calls.hangup(uuid)

    def test_works_asynchronously(self):
        fired = self.api.calls.create(
            from_=OWN_NUMBER, to_=FAR["leaves"], answer_url=self.stay, callback_url=self.webhooks.url("/async"), callback_method="POST"
        )
        self.assertEqual(fired.message, "async api spawned")
        reply = self.webhooks.wait_for("reply", lambda got: got["path"] == "/async")
        self.assertEqual((reply["params"]["api_id"], reply["params"]["status_code"]), (fired.api_id, "201"))
        self.assertEqual(json.loads(reply["params"]["response"])["message"], "call fired")
        self.assertEqual(signatures(reply, support.AUTH_TOKEN, support.AUTH_TOKEN), ALL_VALID)


if __name__ == "__main__":
    unittest.main()
