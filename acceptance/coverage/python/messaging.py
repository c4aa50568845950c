"""Messages and media, verification sessions, masking sessions."""

import re

from surroundings import (
    AUTH_ID,
    MONEY,
    NUMBER,
    PHONE,
    PHONE_2,
    PHONE_3,
    RUN,
    UUID,
    api,
    code_at,
    file,
    inbox,
    matches,
    web,
)
from walk import A, becomes, equal, given, step


def walk_messaging():
    @step(f"POST {A}/Media/")
    def media_id():
        uploaded = api.media.upload([file("image.png")]).objects[0]
        equal((uploaded["status"], uploaded["status_code"]), ("success", 201))
        return uploaded["media_id"]

    @step(f"GET {A}/Media/{{media_id}}/")
    def _():
        one = api.media.get(given(media_id, "media"))
        equal((one.media_id, one.content_type, one.file_name), (media_id, "image/png", "image.png"))
        equal(type(one.size), int)

    @step(f"GET {A}/Media/")
    def _():
        assert media_id in [one["media_id"] for one in api.media.list(limit=20).objects]

    @step(f"POST {A}/Message/")
    def uuid():
        sent = api.messages.create(
            src=NUMBER, dst=PHONE, text=f"Picture {RUN}", type_="mms", media_urls=[web("/media/image.png")]
        )
        equal((sent.message, len(sent.message_uuid)), ("message(s) queued", 1))
        return matches(UUID, sent.message_uuid[0])

    @step(f"GET {A}/Message/{{message_uuid}}/")
    def message():
        becomes("message", "delivered", lambda: api.messages.get(given(uuid, "message")).message_state)
        one = api.messages.get(uuid)
        equal((one.message_uuid, one.from_number, one.to_number, one.message_type), (uuid, NUMBER, PHONE, "mms"))
        equal((one.message_direction, one.units, one.is_domestic), ("outbound", 1, True))
        equal(one.resource_uri, f"/v1/Account/{AUTH_ID}/Message/{uuid}/")
        matches(MONEY, one.total_amount)
        matches(MONEY, one.total_rate)
        return one

    @step(f"GET {A}/Message/")
    def _():
        found = api.messages.list(limit=5, message_direction="outbound", message_type="mms")
        assert uuid in [one.message_uuid for one in found]
        equal(found.meta.limit, 5)

    @step(f"GET {A}/Message/{{message_uuid}}/Media/")
    def _():
        media = given(message, "message").listMedia().objects[0]
        equal((media["content_type"], media["message_uuid"], type(media["size"])), ("image/png", uuid, int))
        assert f"Picture {RUN}" in inbox(PHONE)

    walk_verify_sessions()
    walk_masking()


def walk_verify_sessions():
    texts = len(inbox(PHONE_3))

    @step(f"POST {A}/Verify/Session/")
    def uuid():
        begun = api.verify_session.create(recipient=PHONE_3, brand_name=f"Python{RUN}")
        matches(re.compile("initiated", re.IGNORECASE), begun.message)
        return matches(UUID, begun.session_uuid)

    @step(f"GET {A}/Verify/Session/{{session_uuid}}/")
    def _():
        session = api.verify_session.get(given(uuid, "session"))
        equal((session.status, session.channel, session.recipient), ("in-progress", "sms", PHONE_3))
        equal(type(session.count), int)

    @step(f"POST {A}/Verify/Session/{{session_uuid}}/")
    def _():
        validated = api.verify_session.validate(given(uuid, "session"), code_at(PHONE_3, texts))
        equal(validated.message, "session validated successfully.")

    @step(f"GET {A}/Verify/Session/")
    def _():
        found = api.verify_session.list(status="verified", recipient=PHONE_3)
        session = next(one for one in found.sessions if one.session_uuid == uuid)
        equal(session.status, "verified")
        matches(MONEY, session.charges["total_charge"])
        equal(type(found.meta.limit), int)


def walk_masking():
    sessions = api.masking_sessions

    @step(f"POST {A}/Masking/Session/")
    def uuid():
        made = sessions.create_masking_session(first_party=PHONE, second_party=PHONE_2, session_expiry=600)
        matches(re.compile(r"^\+1\d{10}$"), made.virtual_number)
        equal(made.session["ring_timeout"], 120)
        return matches(UUID, made.session_uuid)

    @step(f"POST {A}/Masking/Session/{{session_uuid}}/")
    def _():
        changed = sessions.update_masking_session(session_uuid=given(uuid, "session"), ring_timeout=30)
        equal(changed.session["ring_timeout"], 30)

    @step(f"GET {A}/Masking/Session/{{session_uuid}}/")
    def _():
        shown = sessions.get_masking_session(session_uuid=given(uuid, "session")).response
        equal((shown["session_uuid"], shown["ring_timeout"], shown["status"]), (uuid, 30, "active"))

    @step(f"GET {A}/Masking/Session/")
    def _():
        found = sessions.list_masking_session(status="active", limit=20).response
        assert uuid in [one["session_uuid"] for one in found["objects"]]
        equal(type(found["meta"]["total_count"]), int)

    @step(f"DELETE {A}/Masking/Session/{{session_uuid}}/")
    def _():
        sessions.delete_masking_session(session_uuid=given(uuid, "session"))
        equal(sessions.get_masking_session(session_uuid=uuid).response["status"], "expired")
