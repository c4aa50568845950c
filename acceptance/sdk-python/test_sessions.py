import json
import re
import unittest
import urllib.request

import plivo
from support import OPERATOR_TOKEN, OTHER_PHONE, PHONE, URL, client, eventually


def inbox(phone):
    request = urllib.request.Request(
        f"{URL}/ringdown/v1/phones/{phone}/messages",
        headers={"authorization": f"Bearer {OPERATOR_TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["messages"]


class SessionTest(unittest.TestCase):
    def setUp(self):
        self.api = client()

    def test_verifies_a_number(self):
        begun = self.api.verify_session.create(recipient=PHONE, brand_name="Python")
        uuid = begun.session_uuid

        def code():
            for message in inbox(PHONE):
                found = re.search(r"Your Python verification code is (\d{6})", message["text"])
                if found:
                    return found.group(1)
            return None

        otp = eventually("code", code)
        session = self.api.verify_session.get(uuid)
        self.assertEqual((session.status, session.count), ("in-progress", 1))
        with self.assertRaises(plivo.exceptions.ValidationError):
            self.api.verify_session.validate(uuid, "000000" if otp != "000000" else "111111")
        self.assertEqual(self.api.verify_session.validate(uuid, otp).message, "session validated successfully.")
        listed = self.api.verify_session.list(status="verified")
        self.assertIn(uuid, [entry.session_uuid for entry in listed.sessions])

    def test_walks_through_the_life_of_a_masking_session(self):
        made = self.api.masking_sessions.create_masking_session(
            first_party=PHONE, second_party=OTHER_PHONE, session_expiry=600
        )
        uuid = made.session_uuid
        self.api.masking_sessions.update_masking_session(session_uuid=uuid, ring_timeout=45)
        shown = self.api.masking_sessions.get_masking_session(session_uuid=uuid)
        self.assertEqual(shown.response["ring_timeout"], 45)
        listed = self.api.masking_sessions.list_masking_session(status="active")
        self.assertIn(uuid, [entry["session_uuid"] for entry in listed.response["objects"]])
        self.api.masking_sessions.delete_masking_session(session_uuid=uuid)
        with self.assertRaises(plivo.exceptions.ValidationError):
            self.api.masking_sessions.delete_masking_session(session_uuid=uuid)


if __name__ == "__main__":
    unittest.main()
