"""What the suites of calls share; the called parties are those of acceptance/far-end.ts."""

import io
import math
import struct
import unittest
import wave

import plivo
from plivo import plivoxml
from support import FAR, OWN_NUMBER, Webhooks, client, eventually


def tone_wav(hertz=440, seconds=0.5, rate=8000):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        samples = (int(10000 * math.sin(2 * math.pi * hertz * i / rate)) for i in range(int(rate * seconds)))
        writer.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


class CallTestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api = client()
        cls.webhooks = Webhooks()
        cls.stay = cls.webhooks.answer_xml("/stay", plivoxml.ResponseElement().add_wait(length=60))
        cls.bye = cls.webhooks.answer_xml("/bye", plivoxml.ResponseElement().add_hangup())
        cls.webhooks.answers["/tone.wav"] = (200, "audio/wav", tone_wav())

    @classmethod
    def tearDownClass(cls):
        for uuid in cls.api.live_calls.list_ids().calls:
            cls.api.calls.hangup(uuid)
        cls.webhooks.stop()

    def live(self, uuid, status="in-progress"):
        def probe():
            try:
                call = self.api.live_calls.get(uuid)
            except plivo.exceptions.ResourceNotFoundError:
                return None
            return call if call.call_status == status else None

        return eventually(f"call {uuid} {status}", probe)

    def ended(self, uuid):
        def probe():
            try:
                return self.api.calls.get(uuid)
            except plivo.exceptions.ResourceNotFoundError:
                return None

        return eventually(f"record of {uuid}", probe)

    def dial(self, to, answer_url=None, **params):
        """Calls; what answers is the document at `answer_url`, by default one that waits."""
        return self.api.calls.create(from_="+" + OWN_NUMBER, to_=to, answer_url=answer_url or self.stay, **params).request_uuid

    def connected(self, to, answer_url=None):
        uuid = self.dial(to, answer_url)
        url = answer_url or self.stay
        self.webhooks.wait_for("answer", lambda got: got["params"].get("CallUUID") == uuid and url.endswith(got["path"]))
        return uuid

    def bridged(self):
        """A call that a Dial has connected with the far end that listens: the UUIDs of both legs."""
        dialled = self.webhooks.answer_xml("/dialled", plivoxml.ResponseElement().add_wait(length=60))
        dial = plivoxml.DialElement(action=dialled).add_number(FAR["listens"])
        aleg = self.connected(FAR["answers"], self.webhooks.answer_xml("/dial", plivoxml.ResponseElement().add(dial)))
        found = eventually("second leg", lambda: self.api.live_calls.list_ids(to_number=FAR["listens"]).calls)
        self.live(found[0])
        return aleg, found[0]
