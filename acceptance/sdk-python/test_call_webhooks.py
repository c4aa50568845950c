"""What an application is told of calls, and the documents of the SDK's builder that it answers with."""

import unittest

import support
from call_case import CallTestCase
from plivo import plivoxml
from support import ALL_VALID, FAR, OWN_NUMBER, SECOND_NUMBER, signatures


class CallWebhookTest(CallTestCase):
    def valid(self, request):
        self.assertEqual(signatures(request, support.AUTH_TOKEN, support.AUTH_TOKEN), ALL_VALID, request["path"])

    def test_ring_answer_and_hangup_are_signed_by_post_and_get(self):
        for method in ("POST", "GET"):
            url = lambda path, method=method: self.webhooks.url(f"/{method}{path}?a=1&b=c%20d#rt=5000&rc=2")
            self.webhooks.answer_xml(f"/{method}/answer", plivoxml.ResponseElement().add_wait(length=30))
            uuid = self.dial(
                FAR["leaves"],
                url("/answer"),
                answer_method=method,
                ring_url=url("/ring"),
                ring_method=method,
                hangup_url=url("/hangup"),
                hangup_method=method,
            )
            for path, event, status in (
                ("/ring", "Ring", "ringing"),
                ("/answer", "StartApp", "in-progress"),
                ("/hangup", "Hangup", "completed"),
            ):
                told = self.webhooks.wait_for(path, lambda got: got["path"] == f"/{method}{path}")
                self.valid(told)
                params = told["params"]
                self.assertEqual((told["method"], params["a"], params["b"]), (method, "1", "c d"))
                self.assertEqual((params["Event"], params["CallStatus"], params["CallUUID"]), (event, status, uuid))
                self.assertEqual((params["From"], params["To"], params["Direction"]), (OWN_NUMBER, FAR["leaves"], "outbound"))

    def test_urls_of_every_form_are_signed(self):
        # The SDK's validator fails for letters beyond ASCII in a query, and leaves out what follows a semicolon in a path.
        for form in ("", "?a=1", "/?b", "/st%20ay/x%2Fy", "/u?name=%26&blank=&plus=a+b&many=2&many=1&UPPER=x", "/up/../x?z=%7E&a=~#er=mumbai"):
            for method in ("POST", "GET"):
                uuid = self.dial(FAR["answers"], self.webhooks.url(form), answer_method=method)
                self.valid(self.webhooks.wait_for(f"{method} {form}", lambda got, uuid=uuid: got["params"].get("CallUUID") == uuid))
                self.ended(uuid)

    def test_fallback_is_asked_after_the_retries_of_the_fragment(self):
        self.webhooks.answers["/broken"] = (503, "text/plain", b"")
        uuid = self.dial(
            FAR["answers"],
            self.webhooks.url("/broken#rc=2&rp=5xx"),
            fallback_url=self.webhooks.answer_xml("/fallback", plivoxml.ResponseElement().add_hangup()),
            fallback_method="GET",
        )
        told = self.webhooks.wait_for("fallback", lambda got: got["path"] == "/fallback")
        self.valid(told)
        tries = [got for got in self.webhooks.received if got["path"] == "/broken"]
        self.assertEqual(len(tries), 3)
        for one in tries:
            self.valid(one)
        self.assertEqual(self.ended(uuid).hangup_source, "Answer XML")

    def test_documents_of_the_builder_run(self):
        menu = plivoxml.GetDigitsElement(
            action=self.webhooks.url("/digits"), method="POST", timeout=10, digit_timeout=2, num_digits=4, play_beep=False
        ).add_speak("Press a key", voice="WOMAN", language="en-US", loop=3)
        response = plivoxml.ResponseElement().add_speak("Hi").add(menu)
        self.webhooks.answer_xml(
            "/digits",
            plivoxml.ResponseElement()
            .add_pre_answer()
            .add_play(self.webhooks.url("/tone.wav"))
            .add_wait(length=1, silence=False)
            .add_record(
                action=self.webhooks.answer_xml(
                    "/record",
                    plivoxml.ResponseElement()
                    .add_message("thank you", src=SECOND_NUMBER, dst=support.PHONE, type="sms")
                    .add_redirect(self.webhooks.answer_xml("/last", plivoxml.ResponseElement().add_hangup()), method="GET"),
                ),
                max_length=1,
                play_beep=False,
                file_format="wav",
                callback_url=self.webhooks.url("/record-callback"),
            ),
        )
        uuid = self.dial(FAR["presses"], self.webhooks.answer_xml("/menu", response))
        digits = self.webhooks.wait_for("digits", lambda got: got["path"] == "/digits")
        self.valid(digits)
        self.assertEqual(digits["params"]["Digits"], "4711")
        for path in ("/record", "/record-callback", "/last"):
            self.valid(self.webhooks.wait_for(path, lambda got: got["path"] == path))
        action = next(got for got in self.webhooks.received if got["path"] == "/record")["params"]
        for name in ("RecordUrl", "RecordingID", "RecordingDuration", "RecordingDurationMs", "RecordingStartMs", "RecordingEndMs"):
            self.assertTrue(action[name], name)
        self.assertEqual(self.ended(uuid).hangup_source, "Answer XML")

    def test_a_dial_is_told_step_by_step(self):
        dial = plivoxml.DialElement(
            action=self.webhooks.url("/dial-action"),
            callback_url=self.webhooks.url("/dial-callback"),
            callback_method="GET",
            caller_id=SECOND_NUMBER,
            time_limit=1,
        ).add_number(FAR["answers"])
        uuid = self.dial(FAR["listens"], self.webhooks.answer_xml("/dialling", plivoxml.ResponseElement().add(dial)))
        over = self.webhooks.wait_for("action", lambda got: got["path"] == "/dial-action")
        self.valid(over)
        self.assertEqual((over["params"]["DialStatus"], over["params"]["DialALegUUID"]), ("completed", uuid))
        self.webhooks.wait_for("last step", lambda got: got["params"].get("DialAction") == "hangup")
        steps = [got for got in self.webhooks.received if got["path"] == "/dial-callback"]
        self.assertEqual([step["params"]["DialAction"] for step in steps], ["answer", "connected", "hangup"])
        for step in steps:
            self.valid(step)


if __name__ == "__main__":
    unittest.main()
