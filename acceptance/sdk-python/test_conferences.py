"""Every route of conferences and audio streams, on live calls whose documents the SDK's builder has made."""

import plivo
from call_case import CallTestCase
from plivo import plivoxml
from support import ALL_VALID, AUTH_TOKEN, FAR, OWN_NUMBER, eventually, signatures
from websocket_app import WebSocketApp

ROOM = "python room"
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class ConferenceTest(CallTestCase):
    def setUp(self):
        self.webhooks.received.clear()

    def tearDown(self):
        self.api.conferences.delete_all()
        eventually("end of the room", lambda: not self.rooms())

    def rooms(self):
        found = self.api.conferences.list()
        return getattr(found, "conferences", found)

    def enter(self, to, **attributes):
        element = plivoxml.ConferenceElement(
            ROOM,
            callback_url=self.webhooks.url("/room"),
            callback_method="POST",
            action=self.webhooks.url("/left"),
            **attributes,
        )
        document = plivoxml.ResponseElement().add(element).add_wait(length=60)
        uuid = self.connected(to, self.webhooks.answer_xml("/enter", document))
        told = self.told("enter", uuid)
        return uuid, told["params"]["ConferenceMemberID"]

    def told(self, action, uuid):
        got = self.webhooks.wait_for(
            action,
            lambda got: got["params"].get("ConferenceAction") == action and got["params"].get("CallUUID") == uuid,
        )
        self.assertEqual(signatures(got, AUTH_TOKEN, AUTH_TOKEN), ALL_VALID)
        self.assertEqual(got["params"]["ConferenceName"], ROOM)
        self.assertRegex(got["params"]["ConferenceUUID"], UUID)
        self.assertRegex(got["params"]["ConferenceMemberID"], r"^\d+$")
        return got

    def test_lists_shows_and_hangs_up_rooms(self):
        first, member = self.enter(FAR["answers"])
        second, _ = self.enter(FAR["listens"], muted=True)
        self.assertEqual(list(self.rooms()), [ROOM])
        room = self.api.conferences.get(ROOM)
        self.assertEqual((room.conference_name, room.conference_member_count), (ROOM, "2"))
        self.assertEqual(
            [(each["call_uuid"], each["muted"], each["deaf"], each["from"]) for each in room.members],
            [(first, False, False, OWN_NUMBER), (second, True, False, OWN_NUMBER)],
        )
        self.assertEqual(room.members[0]["member_id"], member)
        self.api.conferences.hangup(ROOM)
        for uuid in (first, second):
            self.told("exit", uuid)
            self.assertEqual(self.ended(uuid).hangup_source, "API Request")
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.api.conferences.get(ROOM)

    def test_changes_what_members_hear_and_say(self):
        _, member = self.enter(FAR["answers"])
        rooms = self.api.conferences
        self.assertEqual(rooms.member_mute(ROOM, member).message, "muted")
        self.assertTrue(rooms.get(ROOM).members[0]["muted"])
        rooms.member_mute_stop(ROOM, member)
        self.assertFalse(rooms.get(ROOM).members[0]["muted"])
        self.assertEqual(rooms.member_deaf(ROOM, member).message, "deaf")
        self.assertTrue(rooms.get(ROOM).members[0]["deaf"])
        rooms.member_deaf_stop(ROOM, member)
        played = rooms.member_play(ROOM, member, self.webhooks.url("/tone.wav"))
        self.assertEqual((played.message, played.member_id), ("play queued into conference", member))
        self.webhooks.wait_for("audio", lambda got: got["path"] == "/tone.wav")
        rooms.member_play_stop(ROOM, member)
        self.assertEqual(rooms.member_speak(ROOM, member, "Hello", voice="WOMAN", language="en-US").message, "speak queued into conference")
        rooms.member_speak_stop(ROOM, member)

    def test_records(self):
        uuid, _ = self.enter(FAR["plays"])
        started = self.api.conferences.record(ROOM, file_format="wav", callback_url=self.webhooks.url("/recorded"))
        self.assertEqual(started.message, "conference recording started")
        self.api.conferences.record_stop(ROOM)
        told = self.webhooks.wait_for("recording", lambda got: got["path"] == "/recorded")
        self.assertEqual(
            (told["params"]["record_url"], told["params"]["recording_id"], told["params"]["conference_name"]),
            (started.url, started.recording_id, ROOM),
        )
        self.api.calls.hangup(uuid)

    def test_kicks_and_hangs_up_members(self):
        kicked, member = self.enter(FAR["answers"])
        cut, other = self.enter(FAR["listens"])
        self.assertEqual(self.api.conferences.member_kick(ROOM, member).message, "kicked")
        self.told("exit", kicked)
        self.live(kicked)
        self.api.conferences.member_hangup(ROOM, other)
        self.ended(cut)
        self.api.calls.hangup(kicked)


class StreamTest(CallTestCase):
    def setUp(self):
        self.webhooks.received.clear()
        self.app = WebSocketApp()

    def tearDown(self):
        self.app.stop()

    def told(self, event, uuid):
        return self.webhooks.wait_for(
            event, lambda got: got["params"].get("Event") == event and got["params"].get("CallUUID") == uuid
        )

    def test_starts_shows_lists_and_stops_streams(self):
        uuid = self.connected(FAR["plays"])
        self.live(uuid)
        started = self.api.calls.start_stream(
            uuid,
            self.app.url,
            bidirectional=False,
            audio_track="inbound",
            stream_timeout=600,
            status_callback_url=self.webhooks.url("/stream"),
            status_callback_method="POST",
            content_type="audio/x-l16;rate=16000",
            extra_headers="a=b",
        )
        self.assertEqual(started.message, "audio streaming started")
        stream = started.stream_id
        begun = self.told("StartStream", uuid)
        self.assertEqual(signatures(begun, AUTH_TOKEN, AUTH_TOKEN), ALL_VALID)
        one = self.api.calls.get_details_of_specific_stream(uuid, stream)
        self.assertEqual((one.stream_id, one.call_uuid, one.status), (stream, uuid, "in-progress"))
        self.assertEqual([each["stream_id"] for each in self.api.calls.get_all_streams(uuid).objects], [stream])
        first = eventually("messages", lambda: self.app.messages[:2] if len(self.app.messages) >= 2 else None)
        self.assertEqual([each["event"] for each in first], ["start", "media"])
        self.assertEqual(first[0]["start"]["mediaFormat"], {"encoding": "audio/x-l16", "sampleRate": 16000})
        self.api.calls.delete_specific_stream(uuid, stream)
        self.assertEqual(self.told("StopStream", uuid)["params"]["StatusReason"], "API request")
        self.api.calls.delete_all_streams(uuid)
        self.api.calls.hangup(uuid)

    def test_runs_the_element_of_the_builder(self):
        element = plivoxml.StreamElement(
            self.app.url,
            bidirectional=True,
            keepCallAlive=True,
            contentType="audio/x-mulaw;rate=8000",
            statusCallbackUrl=self.webhooks.url("/stream"),
        )
        uuid = self.connected(FAR["answers"], self.webhooks.answer_xml("/stream-xml", plivoxml.ResponseElement().add(element)))
        self.told("StartStream", uuid)
        self.api.calls.hangup(uuid)
        self.assertEqual(self.told("StopStream", uuid)["params"]["StatusReason"], "Call hangup")
