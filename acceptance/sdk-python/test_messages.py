import os
import tempfile
import unittest

import plivo
import support
from plivo.utils.location import Location
from plivo.utils.template import Template
from support import ALL_VALID, OTHER_PHONE, OWN_NUMBER, PHONE, SECOND_NUMBER, Webhooks, client, eventually, operator, signatures


class MessageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api = client()
        cls.webhooks = Webhooks()

    @classmethod
    def tearDownClass(cls):
        cls.webhooks.stop()

    def delivered(self, uuid):
        def probe():
            message = self.api.messages.get(uuid)
            return message if message.message_state == "delivered" else None

        return eventually("delivered message", probe)

    def test_sends_one(self):
        sent = self.api.messages.create(src=OWN_NUMBER, dst=PHONE, text="from Python ✓")
        self.assertEqual(sent.message, "message(s) queued")
        message = self.delivered(sent.message_uuid[0])
        self.assertEqual(
            (message.from_number, message.to_number, message.units, message.error_code, message.message_type),
            (OWN_NUMBER, PHONE, 1, "000", "sms"),
        )
        self.assertIn("from Python ✓", operator(f"phones/{PHONE}/messages"))

    def test_sends_to_many_and_names_the_invalid(self):
        sent = self.api.messages.create(src=OWN_NUMBER, dst=f"{PHONE}<{OTHER_PHONE}<12x", text="bulk")
        self.assertEqual(len(sent.message_uuid), 2)
        self.assertEqual(sent.invalid_number, ["12x"])

    def test_refuses_only_invalid_destinations(self):
        with self.assertRaises(plivo.exceptions.ValidationError) as refused:
            self.api.messages.create(src=OWN_NUMBER, dst="12x", text="nobody")
        self.assertIn("12x", str(refused.exception))

    def test_lists_with_filters(self):
        sent = self.api.messages.create(src=SECOND_NUMBER, dst=OTHER_PHONE, text="find me")
        uuid = sent.message_uuid[0]
        self.delivered(uuid)
        listed = self.api.messages.list(
            message_direction="outbound", message_state="delivered", message_type="sms", from_number=SECOND_NUMBER, limit=20, offset=0
        )
        self.assertIn(uuid, [message.message_uuid for message in listed])
        listed = self.api.messages.list(message_state="failed", from_number=SECOND_NUMBER)
        self.assertNotIn(uuid, [message.message_uuid for message in listed])

    def test_knows_nothing_of_unknown_messages(self):
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.api.messages.get("5b0e1a40-8c11-41f0-a3b7-0242ac110003")

    def test_uploads_media_and_sends_it(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "dot.png")
            with open(path, "wb") as file:
                file.write(bytes.fromhex("89504e470d0a1a0a"))
            uploaded = self.api.media.upload([path])
        media_id = uploaded.objects[0]["media_id"]
        self.assertEqual(self.api.media.get(media_id).media_id, media_id)
        self.assertTrue(len(self.api.media.list(limit=5).objects) >= 1)
        sent = self.api.messages.create(src=OWN_NUMBER, dst=PHONE, text="picture", type_="mms", media_ids=[media_id])
        uuid = sent.message_uuid[0]
        self.assertEqual(self.delivered(uuid).message_type, "mms")
        attached = self.api.messages.get(uuid).listMedia()
        self.assertEqual(len(attached.objects), 1)

    def test_sends_whatsapp(self):
        template = Template(name="order_shipped", language="en", components=[])
        sent = self.api.messages.create(src=OWN_NUMBER, dst=PHONE, type_="whatsapp", template=template)
        self.assertEqual(len(sent.message_uuid), 1)
        place = Location(latitude="30.2672", longitude="-97.7431", name="Austin", address="Texas")
        sent = self.api.messages.create(src=OWN_NUMBER, dst=PHONE, type_="whatsapp", location=place)
        self.assertEqual(len(sent.message_uuid), 1)

    def test_reports_are_signed_by_post_and_get(self):
        for method in ("POST", "GET"):
            path = f"/status-{method.lower()}"
            sent = self.api.messages.create(src=OWN_NUMBER, dst=PHONE, text=method, url=self.webhooks.url(f"{path}?a=1&b=c%20d"), method=method)
            uuid = sent.message_uuid[0]
            request = self.webhooks.wait_for(
                f"{method} report",
                lambda got: got["path"] == path and got["params"].get("Status") == "delivered" and got["params"]["MessageUUID"] == uuid,
            )
            self.assertEqual(request["method"], method)
            self.assertEqual((request["params"]["a"], request["params"]["b"]), ("1", "c d"))
            self.assertEqual(signatures(request, support.AUTH_TOKEN, support.AUTH_TOKEN), ALL_VALID, method)

    def test_inbound_messages_are_signed_and_forwarded(self):
        app = self.api.applications.create(
            app_name="python-inbound", answer_url=self.webhooks.url("/answer"), message_url=self.webhooks.url("/inbound")
        )
        self.api.numbers.update(SECOND_NUMBER, app_id=app.app_id)
        operator(f"phones/{PHONE}/messages", {"to": SECOND_NUMBER, "text": "salut ça va ✓ & plus+"})
        request = self.webhooks.wait_for("inbound message", lambda got: got["path"] == "/inbound")
        self.assertEqual(
            (request["params"]["From"], request["params"]["To"], request["params"]["Text"]),
            (PHONE, SECOND_NUMBER, "salut ça va ✓ & plus+"),
        )
        self.assertEqual(signatures(request, support.AUTH_TOKEN, support.AUTH_TOKEN), ALL_VALID)

    def test_reports_of_a_subaccount_are_signed_with_both_tokens(self):
        sub = self.api.subaccounts.create(name="python signer", enabled=True)
        self.api.numbers.update(SECOND_NUMBER, subaccount=sub.auth_id)
        scoped = client(sub.auth_id, sub.auth_token)
        scoped.messages.create(src=SECOND_NUMBER, dst=PHONE, text="sub", url=self.webhooks.url("/sub"))
        request = self.webhooks.wait_for("report of the subaccount", lambda got: got["path"] == "/sub")
        self.assertEqual(signatures(request, sub.auth_token, support.AUTH_TOKEN), ALL_VALID)
        self.api.subaccounts.delete(sub.auth_id, cascade=False)


if __name__ == "__main__":
    unittest.main()
