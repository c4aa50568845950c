"""A call, what can be done to it while it lasts, what remains of it; recordings and what was said in them; queued calls."""

import base64
import os
import time
import urllib.request

from surroundings import AUTH_ID, CALL_TIME, MONEY, NUMBER, PHONE, STREAM, UUID, api, matches, web
from walk import A, becomes, equal, eventually, given, gone, or_none, step

CALL = f"{A}/Call/{{call_uuid}}"
# A recording of nothing is none.
RECORDED_SECONDS = 1.2
# More calls than are started at once.
WAITING = [PHONE[:-2] + str(10 + n) for n in range(8)]


def answered(uuid):
    def probe():
        live = or_none(lambda: api.live_calls.get(uuid))
        return live is not None and live.call_status == "in-progress"

    eventually(f"answer of {uuid}", probe)
    return uuid


def answered_call(to, answer_url):
    """Calls the phone and waits until it has answered."""
    return answered(api.calls.create(from_=NUMBER, to_=to, answer_url=answer_url).request_uuid)


def walk_calls():
    @step(f"POST {A}/Call/")
    def uuid():
        fired = api.calls.create(from_=NUMBER, to_=PHONE, answer_url=web("/xml/wait"), answer_method="GET")
        equal(fired.message, "call fired")
        return answered(matches(UUID, fired.request_uuid))

    @step(f"GET {CALL}/?status=live")
    def _():
        live = api.live_calls.get(given(uuid, "call"))
        equal((live.call_uuid, live.call_status, live.direction), (uuid, "in-progress", "outbound"))
        equal((getattr(live, "from"), live.to), (NUMBER, PHONE))

    @step(f"GET {A}/Call/?status=live")
    def _():
        assert given(uuid, "call") in api.live_calls.list_ids(call_direction="outbound").calls

    walk_actions(uuid)
    walk_streams(uuid)
    recording = walk_call_recording(uuid)

    @step(f"POST {CALL}/")
    def _():
        moved = api.calls.transfer(given(uuid, "call"), legs="aleg", aleg_url=web("/xml/record"), aleg_method="GET")
        equal(moved.message, "call transferred")

    @step(f"DELETE {CALL}/")
    def _():
        api.calls.hangup(given(uuid, "call"))
        gone(lambda: api.live_calls.get(uuid))

    walk_records(uuid)
    walk_recordings(recording, uuid)
    walk_queue()


def walk_actions(uuid):
    @step(f"POST {CALL}/DTMF/")
    def _():
        equal(api.calls.send_digits(given(uuid, "call"), digits="12#", leg="aleg").message, "digits sent")

    @step(f"POST {CALL}/Play/")
    def _():
        played = api.calls.play(given(uuid, "call"), urls=[web("/media/tone.wav")], loop=True)
        equal(played.message, "play started")

    @step(f"DELETE {CALL}/Play/")
    def _():
        api.calls.play_stop(given(uuid, "call"))

    @step(f"POST {CALL}/Speak/")
    def _():
        equal(api.calls.speak(given(uuid, "call"), text="Good morning", loop=True).message, "speak started")

    @step(f"DELETE {CALL}/Speak/")
    def _():
        api.calls.speak_stop(given(uuid, "call"))


def walk_streams(uuid):
    calls = api.calls

    @step(f"POST {CALL}/Stream/")
    def stream():
        started = calls.start_stream(given(uuid, "call"), service_url=STREAM, audio_track="inbound")
        equal(started.message, "audio streaming started")
        return matches(UUID, started.stream_id)

    @step(f"GET {CALL}/Stream/{{stream_id}}/")
    def _():
        one = calls.get_details_of_specific_stream(given(uuid, "call"), given(stream, "stream"))
        equal((one.stream_id, one.call_uuid, one.service_url), (stream, uuid, STREAM))
        equal((one.audio_track, one.bidirectional, one.plivo_auth_id), ("inbound", False, AUTH_ID))
        equal(type(one.bill_duration), int)

    @step(f"GET {CALL}/Stream/")
    def _():
        equal([one["stream_id"] for one in calls.get_all_streams(given(uuid, "call")).objects], [stream])

    status = lambda which: calls.get_details_of_specific_stream(uuid, which).status

    @step(f"DELETE {CALL}/Stream/{{stream_id}}/")
    def _():
        calls.delete_specific_stream(given(uuid, "call"), given(stream, "stream"))
        becomes("stream", "completed", lambda: status(stream))

    @step(f"DELETE {CALL}/Stream/")
    def _():
        second = calls.start_stream(given(uuid, "call"), service_url=STREAM).stream_id
        calls.delete_all_streams(uuid)
        becomes("stream", "completed", lambda: status(second))


def walk_call_recording(uuid):
    @step(f"POST {CALL}/Record/")
    def recording():
        started = api.calls.record(given(uuid, "call"), file_format="wav", time_limit=30)
        equal(started.message, "call recording started")
        assert started.url.endswith(".wav"), started.url
        return matches(UUID, started.recording_id)

    # Something to be understood: of silence nothing is asked.
    or_none(lambda: api.calls.play(uuid, urls=[web("/media/tone.wav")], loop=True))
    time.sleep(RECORDED_SECONDS)

    @step(f"DELETE {CALL}/Record/")
    def _():
        api.calls.record_stop(given(uuid, "call"))

    return recording


def walk_records(uuid):
    @step(f"GET {CALL}/")
    def _():
        one = eventually("record", lambda: or_none(lambda: api.calls.get(given(uuid, "call"))))
        equal((one.call_uuid, one.call_direction, one.call_state), (uuid, "outbound", "ANSWER"))
        equal((one.from_number, one.to_number), (NUMBER, PHONE))
        equal((one.hangup_cause_code, one.hangup_source), (4000, "API Request"))
        equal((type(one.bill_duration), one.billed_duration), (int, 60))
        for moment in (one.initiation_time, one.answer_time, one.end_time):
            matches(CALL_TIME, moment)
        matches(MONEY, one.total_amount)

    @step(f"GET {A}/Call/")
    def _():
        found = api.calls.list(limit=5, from_number=NUMBER, call_direction="outbound")
        assert uuid in [one.call_uuid for one in found]
        equal((found.meta.limit, type(found.meta.total_count)), (5, int))

    @step("POST /v1/Call/{call_uuid}/Feedback/")
    def _():
        given_back = api.call_feedback.create(given(uuid, "call"), 4, ["ECHO"], "late")
        equal(given_back.status, "success")


def walk_recordings(recording, uuid):
    @step(f"GET {A}/Recording/{{recording_id}}/")
    def _():
        one = eventually("recording", lambda: or_none(lambda: api.recordings.get(given(recording, "recording"))))
        equal((one.recording_id, one.call_uuid, one.recording_format), (recording, uuid, "wav"))
        equal((one.recording_type, type(one.recording_duration_ms)), ("call", str))
        assert float(one.recording_duration_ms) > 500, one.recording_duration_ms
        equal(heard(one.recording_url)[:4], b"RIFF")

    @step(f"GET {A}/Recording/")
    def _():
        found = api.recordings.list(call_uuid=given(uuid, "call"), limit=5)
        # The document that the call was led to at last has recorded as well.
        assert recording in [one.recording_id for one in found]
        equal({one.call_uuid for one in found}, {uuid})
        equal(type(found.meta.total_count), int)

    @step(f"POST {A}/Transcription/{{recording_id}}/")
    def _():
        asked = api.transcriptions.create_transcription(given(recording, "recording"), web("/webhook/transcription"))
        assert asked.api_id

    @step(f"GET {A}/Transcription/{{transcription_id}}/")
    def _():
        look = lambda: api.transcriptions.get_transcription(given(recording, "recording"))
        eventually("transcription", lambda: look().status != "in progress")
        found = look()
        equal((found.transcription, found.status, type(found.recording_duration_ms)), ("three tones", "success", int))

    @step(f"DELETE {A}/Transcription/{{transcription_id}}/")
    def _():
        api.transcriptions.delete_transcription(given(recording, "recording"))
        gone(lambda: api.transcriptions.get_transcription(recording))

    @step(f"DELETE {A}/Recording/{{recording_id}}/")
    def _():
        api.recordings.delete(given(recording, "recording"))
        gone(lambda: api.recordings.get(recording))


def heard(url):
    credentials = f"{AUTH_ID}:{os.environ['PLIVO_AUTH_TOKEN']}".encode()
    request = urllib.request.Request(url, headers={"Authorization": "Basic " + base64.b64encode(credentials).decode()})
    with urllib.request.urlopen(request, timeout=15) as answer:
        return answer.read()


def walk_queue():
    fired = api.calls.create(from_=NUMBER, to_="<".join(WAITING), answer_url=web("/xml/wait"))

    @step(f"GET {A}/Call/?status=queued")
    def queued():
        waiting = [uuid for uuid in fired.request_uuid if uuid in api.queued_calls.list_ids().calls]
        assert len(waiting) >= 3, waiting
        return waiting

    @step(f"GET {CALL}/?status=queued")
    def _():
        last = given(queued, "queued calls")[-1]
        one = api.queued_calls.get(last)
        equal((one.request_uuid, one.call_status, one.direction), (last, "queued", "outbound"))

    @step(f"DELETE {A}/Request/{{request_uuid}}/")
    def _():
        last = given(queued, "queued calls")[-1]
        api.calls.cancel(last)
        gone(lambda: api.queued_calls.get(last))

    for uuid in fired.request_uuid:
        or_none(lambda uuid=uuid: api.calls.cancel(uuid))
        or_none(lambda uuid=uuid: api.calls.hangup(uuid))
