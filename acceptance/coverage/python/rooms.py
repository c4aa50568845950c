"""Conferences and multiparty calls, and everything that can be done to those who are in them."""

from calls import answered_call
from surroundings import NUMBER, PHONE, PHONE_2, PHONE_3, RUN, UUID, api, matches, web
from walk import A, becomes, equal, eventually, given, none_listed, or_none, step

ROOM = f"{A}/Conference/{{conference_name}}"
MEMBER = f"{ROOM}/Member/{{member_id}}"
MPC = f"{A}/MultiPartyCall/{{mpc_id}}"
PARTICIPANT = f"{MPC}/Participant/{{participant_id}}"

rooms = api.conferences
ONE = f"one{RUN}"


def enter(name):
    return web(f"/xml/conference?name={name}{RUN}")


def there(name):
    return or_none(lambda: rooms.get(f"{name}{RUN}"))


def no_rooms():
    eventually("end of the rooms", lambda: not list(rooms.list().conferences))


def walk_conferences():
    first = answered_call(PHONE, enter("one"))
    # Members are shown in the order in which they came in.
    eventually("first member", lambda: there("one"))
    second = answered_call(PHONE_2, enter("one"))

    @step(f"GET {ROOM}/")
    def members():
        becomes("members", "2", lambda: getattr(there("one"), "conference_member_count", None))
        room = rooms.get(ONE)
        equal((room.conference_name, room.conference_run_time.isdigit()), (ONE, True))
        equal(
            [(one["call_uuid"], one["muted"], one["deaf"], one["from"]) for one in room.members],
            [(first, False, False, NUMBER), (second, False, False, NUMBER)],
        )
        return [one["member_id"] for one in room.members]

    member = members[0] if members else None

    @step(f"GET {A}/Conference/")
    def _():
        assert ONE in list(rooms.list().conferences)

    walk_member(member)

    @step(f"POST {ROOM}/Record/")
    def _():
        started = rooms.record(ONE, file_format="mp3")
        equal(started.message, "conference recording started")
        matches(UUID, started.recording_id)
        assert started.url.endswith(".mp3"), started.url

    @step(f"DELETE {ROOM}/Record/")
    def _():
        rooms.record_stop(ONE)

    @step(f"POST {MEMBER}/Kick/")
    def _():
        kicked = rooms.member_kick(ONE, given(member, "member"))
        equal((kicked.message, kicked.member_id), ("kicked", member))
        equal(api.live_calls.get(first).call_status, "in-progress")

    @step(f"DELETE {MEMBER}/")
    def _():
        rooms.member_hangup(ONE, given(members, "members")[1])
        becomes("call", "ANSWER", lambda: getattr(or_none(lambda: api.calls.get(second)), "call_state", None))

    @step(f"DELETE {ROOM}/")
    def _():
        api.calls.transfer(first, legs="aleg", aleg_url=enter("two"))
        eventually("room", lambda: there("two"))
        rooms.hangup(f"two{RUN}")
        no_rooms()

    @step(f"DELETE {A}/Conference/")
    def _():
        answered_call(PHONE_3, enter("three"))
        eventually("room", lambda: there("three"))
        rooms.hangup_all()
        no_rooms()


def walk_member(member):
    def is_so(key):
        return next(one for one in rooms.get(ONE).members if one["member_id"] == member)[key]

    @step(f"POST {MEMBER}/Mute/")
    def _():
        muted = rooms.member_mute(ONE, given(member, "member"))
        equal((muted.message, muted.member_id, is_so("muted")), ("muted", member, True))

    @step(f"DELETE {MEMBER}/Mute/")
    def _():
        rooms.member_mute_stop(ONE, given(member, "member"))
        equal(is_so("muted"), False)

    @step(f"POST {MEMBER}/Deaf/")
    def _():
        deaf = rooms.member_deaf(ONE, given(member, "member"))
        equal((deaf.message, deaf.member_id, is_so("deaf")), ("deaf", member, True))

    @step(f"DELETE {MEMBER}/Deaf/")
    def _():
        rooms.member_deaf_stop(ONE, given(member, "member"))
        equal(is_so("deaf"), False)

    @step(f"POST {MEMBER}/Play/")
    def _():
        played = rooms.member_play(ONE, given(member, "member"), web("/media/tone.mp3"))
        equal((played.message, played.member_id), ("play queued into conference", member))

    @step(f"DELETE {MEMBER}/Play/")
    def _():
        rooms.member_play_stop(ONE, given(member, "member"))

    @step(f"POST {MEMBER}/Speak/")
    def _():
        spoken = rooms.member_speak(ONE, given(member, "member"), "Good morning to everybody in this room")
        equal((spoken.message, spoken.member_id), ("speak queued into conference", member))

    @step(f"DELETE {MEMBER}/Speak/")
    def _():
        rooms.member_speak_stop(ONE, given(member, "member"))


mpcs = api.multi_party_calls
NAME = f"mpc{RUN}"


def walk_multiparty():
    @step(f"POST {MPC}/Participant/")
    def _():
        for role, to in (("customer", PHONE), ("agent", PHONE_2)):
            added = mpcs.add_participant(
                role, friendly_name=NAME, from_=NUMBER, to_=to, stay_alone=True, start_mpc_on_enter=False, max_duration=600
            )
            equal((added.message, added.calls[0]["to"]), ("add participant action initiated", to))
            matches(UUID, added.request_uuid)

    @step(f"GET {MPC}/Participant/")
    def members():
        def look():
            found = none_listed(lambda: mpcs.list_participants(friendly_name=NAME))
            return len([one for one in found if one.join_time is not None]) == 2

        eventually("two participants", look)
        found = mpcs.list_participants(friendly_name=NAME)
        equal(found.meta.count, 2)
        return {one.role: one.member_id for one in found}

    agent = members["agent"] if members else None

    @step(f"GET {MPC}/")
    def uuid():
        one = mpcs.get(friendly_name=NAME)
        equal((one.friendly_name, one.status, one.max_duration, one.stay_alone), (NAME, "Initialized", 600, True))
        return matches(UUID, one.mpc_uuid)

    @step(f"POST {MPC}/")
    def _():
        mpcs.start(friendly_name=NAME)
        becomes("multiparty call", "Active", lambda: mpcs.get(friendly_name=NAME).status)

    @step(f"GET {A}/MultiPartyCall/")
    def _():
        found = mpcs.list(friendly_name=NAME, status="active")
        equal([one.mpc_uuid for one in found], [given(uuid, "multiparty call")])
        equal(found.meta.count, 1)

    walk_participant(agent)
    walk_recordings(agent)

    @step(f"DELETE {PARTICIPANT}/")
    def _():
        mpcs.kick_participant(given(agent, "agent"), friendly_name=NAME)
        cause = lambda: mpcs.get_participant(agent, friendly_name=NAME).exit_cause
        becomes("agent", "Kicked Out of Multiparty Call", cause)

    @step(f"DELETE {MPC}/")
    def _():
        mpcs.stop(friendly_name=NAME)
        becomes("multiparty call", "Ended", lambda: mpcs.get(uuid=given(uuid, "multiparty call")).status)


def walk_participant(agent):
    @step(f"GET {PARTICIPANT}/")
    def _():
        one = mpcs.get_participant(given(agent, "agent"), friendly_name=NAME)
        equal((one.member_id, one.role, one.member_address, one.exit_time), (agent, "agent", PHONE_2, None))
        equal((one.mute, one.hold, one.start_mpc_on_enter, one.end_mpc_on_exit), (False, False, False, False))

    @step(f"POST {PARTICIPANT}/")
    def _():
        changed = mpcs.update_participant(given(agent, "agent"), friendly_name=NAME, mute=True)
        assert "succeeded" in changed.mute, changed.mute
        equal(mpcs.get_participant(agent, friendly_name=NAME).mute, True)

    @step(f"POST {MPC}/Member/{{participant_id}}/Play/")
    def _():
        played = mpcs.start_play_audio(given(agent, "agent"), friendly_name=NAME, url=web("/media/tone.wav"))
        equal((played.message, played.mpcMemberId), ("play queued into MPC", [agent]))

    @step(f"DELETE {MPC}/Member/{{participant_id}}/Play/")
    def _():
        mpcs.stop_play_audio(given(agent, "agent"), friendly_name=NAME)


def walk_recordings(agent):
    state = lambda: mpcs.get(friendly_name=NAME).recording

    @step(f"POST {MPC}/Record/")
    def _():
        started = mpcs.start_recording(friendly_name=NAME, file_format="wav")
        matches(UUID, started.recording_id)
        assert started.recording_url.endswith(".wav"), started.recording_url
        equal(state(), "recording")

    @step(f"POST {MPC}/Record/Pause/")
    def _():
        mpcs.pause_recording(friendly_name=NAME)
        equal(state(), "paused")

    @step(f"POST {MPC}/Record/Resume/")
    def _():
        mpcs.resume_recording(friendly_name=NAME)
        equal(state(), "recording")

    @step(f"DELETE {MPC}/Record/")
    def _():
        mpcs.stop_recording(friendly_name=NAME)
        equal(state(), "not-recording")

    @step(f"POST {PARTICIPANT}/Record/")
    def _():
        started = mpcs.start_participant_recording(given(agent, "agent"), friendly_name=NAME)
        matches(UUID, started.recording_id)
        assert started.recording_url.endswith(".mp3"), started.recording_url

    @step(f"POST {PARTICIPANT}/Record/Pause/")
    def _():
        mpcs.pause_participant_recording(given(agent, "agent"), friendly_name=NAME)

    @step(f"POST {PARTICIPANT}/Record/Resume/")
    def _():
        mpcs.resume_participant_recording(given(agent, "agent"), friendly_name=NAME)

    @step(f"DELETE {PARTICIPANT}/Record/")
    def _():
        mpcs.stop_participant_recording(given(agent, "agent"), friendly_name=NAME)
