"""Every request of the multiparty resource by the SDK, on live calls of virtual phones."""

import datetime
import time
import unittest

import plivo
from call_case import tone_wav
from meeting_case import AGENT, COACH, CUSTOMER, MeetingTestCase
from plivo import plivoxml
from support import ALL_VALID, eventually, signatures
import support

UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
NOBODY = "019a0000-0000-7000-8000-000000000000"
CLIP_HZ = 2300
MUSIC_HZ = 2000


class MultiPartyTest(MeetingTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.webhooks.answers["/clip.wav"] = (200, "audio/wav", tone_wav(CLIP_HZ, 1))
        cls.webhooks.answers["/music.wav"] = (200, "audio/wav", tone_wav(MUSIC_HZ, 1))
        cls.clip = cls.webhooks.url("/clip.wav")
        music = plivoxml.ResponseElement().add(plivoxml.PlayElement(cls.webhooks.url("/music.wav")))
        cls.music = cls.webhooks.answer_xml("/music", music)

    def coached(self):
        return (
            self.add("customer", CUSTOMER, stay_alone=True),
            self.add("agent", AGENT, agent_hold_music_url=self.music),
            self.add("supervisor", COACH),
        )

    def update(self, member, **change):
        return self.mpcs.update_participant(member, friendly_name=self.name, **change)

    def test_is_shown_listed_and_ended(self):
        member = self.add("Agent", AGENT, stay_alone=True, max_duration=600)
        live = self.mpcs.get(friendly_name=self.name)
        self.assertRegex(live.mpc_uuid, UUID)
        self.assertEqual(
            (live.friendly_name, live.status, live.end_time, live.billed_amount, live.recording),
            (self.name, "Active", None, None, "not-recording"),
        )
        datetime.datetime.strptime(live.creation_time, "%Y-%m-%d %H:%M:%S%z")
        one = self.mpcs.get_participant(member, friendly_name=self.name)
        self.assertEqual((one.member_id, one.role, one.member_address, one.exit_cause), (member, "agent", AGENT[0], None))
        listed = self.mpcs.list(friendly_name=self.name, status="active", limit=5, offset=0)
        self.assertEqual([found.mpc_uuid for found in listed], [live.mpc_uuid])
        self.assertEqual((listed.meta.count, listed.meta.total_count), (1, 1))
        self.mpcs.stop(friendly_name=self.name)
        self.hung_up(AGENT)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.mpcs.get(friendly_name=self.name)
        over = self.mpcs.get(uuid=live.mpc_uuid)
        self.assertEqual((over.status, over.termination_cause_code, over.billed_duration), ("Ended", 3000, 60))
        hour_ago = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
        for filters, wanted in (
            ({"status": "ended", "termination_cause_code": 3000}, True),
            ({"end_time__gte": hour_ago}, True),
            ({"end_time__lt": hour_ago}, False),
            ({"creation_time__gt": hour_ago}, True),
            ({"creation_time__lte": hour_ago}, False),
        ):
            found = [each.mpc_uuid for each in self.mpcs.list(**filters)]
            self.assertEqual(live.mpc_uuid in found, wanted, filters)
        gone = list(self.mpcs.list_participants(uuid=live.mpc_uuid))
        self.assertEqual([(each.member_id, each.exit_cause, each.hold) for each in gone], [(member, "Multiparty Call Ended", None)])

    def test_lets_a_coach_be_heard_by_agents_alone(self):
        customer, agent, coach = self.coached()
        self.update(f"{customer},{agent}", mute=True)
        self.hears(AGENT, COACH[1])
        self.hears(CUSTOMER, None)
        changed = self.update(coach, coach_mode=False)
        self.assertEqual(changed.coach_mode, f"MPC: {self.name} coach_mode enable/disable succeeded")
        self.hears(CUSTOMER, COACH[1])
        self.update(coach, coach_mode=True, mute=True)
        self.update(customer, mute=False)
        self.hears(AGENT, CUSTOMER[1])
        self.update(agent, hold=True)
        self.hears(AGENT, MUSIC_HZ)
        self.update("all", hold=False, mute=True)
        self.hears(AGENT, None)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.update("77777", mute=True)

    def test_waits_until_it_is_started(self):
        self.add("customer", CUSTOMER, start_mpc_on_enter=False, stay_alone=True, wait_music_url=self.music)
        self.assertEqual(self.mpcs.get(friendly_name=self.name).status, "Initialized")
        self.hears(CUSTOMER, MUSIC_HZ)
        self.mpcs.start(friendly_name=self.name)
        self.hears(CUSTOMER, None)
        self.assertEqual(self.mpcs.get(friendly_name=self.name).status, "Active")
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.mpcs.start(friendly_name=self.name)

    def test_records_the_room_and_a_participant(self):
        member = self.add("agent", AGENT, stay_alone=True)
        at = {"friendly_name": self.name}
        room = self.mpcs.start_recording(
            **at, file_format="wav", recording_callback_url=self.webhooks.url("/room"), recording_callback_method="POST"
        )
        self.assertEqual(room.message, f"MPC: {self.name} record started")
        track = self.mpcs.start_participant_recording(member, **at, record_track_type="participant")
        self.mpcs.pause_recording(**at)
        self.assertEqual(self.mpcs.get(**at).recording, "paused")
        self.mpcs.pause_participant_recording(member, **at, record_track_type="participant")
        self.mpcs.resume_recording(**at)
        self.mpcs.resume_participant_recording(member, **at, record_track_type="participant")
        time.sleep(0.5)
        self.mpcs.stop_recording(**at)
        self.mpcs.stop_participant_recording(member, **at, record_track_type="participant")
        done = self.told("/room", "MPCRecordingCompleted")
        self.assertEqual((done["params"]["RecordingUUID"], done["params"]["RecordingURL"]), (room.recording_id, room.recording_url))
        self.assertEqual(signatures(done, support.AUTH_TOKEN, support.AUTH_TOKEN), ALL_VALID)
        wanted = {room.recording_id, track.recording_id}
        for filters in ({"mpc_name": self.name}, {"mpc_uuid": self.mpcs.get(**at).mpc_uuid}):
            eventually("both files", lambda: {each.recording_id for each in self.api.recordings.list(**filters)} == wanted)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.mpcs.stop_recording(**at)

    def test_plays_to_one(self):
        customer, _, _ = self.coached()
        self.update("all", mute=True)
        played = self.mpcs.start_play_audio(customer, friendly_name=self.name, url=self.clip)
        self.assertEqual((played.message, played.mpcMemberId, played.mpcName), ("play queued into MPC", [customer], self.name))
        self.hears(CUSTOMER, CLIP_HZ)
        self.mpcs.stop_play_audio(customer, friendly_name=self.name)
        self.hears(AGENT, None)

    def test_moves_a_live_call_in_and_kicks_it(self):
        self.add("customer", CUSTOMER, stay_alone=True)
        uuid = self.connected(AGENT[0])
        after = plivoxml.ResponseElement().add(plivoxml.PlayElement(self.clip, loop=0))
        moved = self.mpcs.add_participant(
            "agent", friendly_name=self.name, call_uuid=uuid, on_exit_action_url=self.webhooks.answer_xml("/after", after)
        )
        self.assertEqual([call["call_uuid"] for call in moved.calls], [uuid])
        member = self.member(uuid)
        self.hears(CUSTOMER, AGENT[1])
        self.mpcs.kick_participant(member, friendly_name=self.name)
        self.hears(AGENT, CLIP_HZ)

    def test_is_entered_by_the_builders_xml(self):
        element = plivoxml.MultiPartyCallElement(
            self.name,
            role="Agent",
            stay_alone=True,
            start_mpc_on_enter=True,
            enter_sound="none",
            status_callback_url=self.webhooks.url("/status"),
            status_callback_events="mpc-state-changes,participant-state-changes",
        )
        answer = self.webhooks.answer_xml("/enter", plivoxml.ResponseElement().add(element))
        uuid = self.dial(AGENT[0], answer)
        member = self.member(uuid)
        for event in ("MPCInitialized", "MPCStart", "ParticipantJoin"):
            told = self.told("/status", event)
            self.assertEqual(told["params"]["MPCName"], self.name)
            self.assertEqual(signatures(told, support.AUTH_TOKEN, support.AUTH_TOKEN), ALL_VALID)
        self.assertEqual(self.mpcs.get_participant(member, friendly_name=self.name).role, "agent")

    def test_hears_that_there_is_none(self):
        for attempt in (
            lambda: self.mpcs.get(uuid=NOBODY),
            lambda: self.mpcs.stop(friendly_name=self.name),
            lambda: self.mpcs.start_recording(friendly_name=self.name),
            lambda: self.mpcs.kick_participant("all", friendly_name=self.name),
            lambda: self.mpcs.start_play_audio("all", friendly_name=self.name, url=self.clip),
            lambda: self.mpcs.add_participant("agent", friendly_name=self.name, call_uuid=NOBODY),
        ):
            with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
                attempt()

    def test_is_answered_later_where_a_callback_url_is_given(self):
        self.add("customer", CUSTOMER, start_mpc_on_enter=False, stay_alone=True)
        spawned = self.mpcs.start(friendly_name=self.name, callback_url=self.webhooks.url("/later"), callback_method="POST")
        self.assertEqual(spawned.message, "async api spawned")
        self.webhooks.wait_for("the real answer", lambda got: got["path"] == "/later")
        self.assertEqual(self.mpcs.get(friendly_name=self.name).status, "Active")


if __name__ == "__main__":
    unittest.main()
