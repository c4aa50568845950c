"""Multiparty calls of virtual phones, each of which says a tone of its own: what a phone hears is whom it hears."""

import json
import time

import plivo
from call_case import CallTestCase
from support import OWN_NUMBER, eventually, operator

CUSTOMER = ("14155550176", 600)
AGENT = ("14155550177", 900)
COACH = ("14155550178", 1300)
# What must sound without a break to be what is heard now.
STEADY_MS = 300


def phone_calls(number):
    return json.loads(operator(f"phones/{number}/calls"))["calls"]


class MeetingTestCase(CallTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number, hz in (CUSTOMER, AGENT, COACH):
            tone = {"do": "tone", "hz": hz, "ms": 60000, "dbov": -16}
            script = [{"do": "answer"}, {"do": "repeat", "times": 10, "steps": [tone]}]
            operator(f"phones/{number}/script", {"script": script}, "PUT")

    def setUp(self):
        self.name = f"{self._testMethodName} {time.monotonic_ns()}"
        self.mpcs = self.api.multi_party_calls

    def tearDown(self):
        try:
            self.mpcs.stop(friendly_name=self.name)
        except plivo.exceptions.ResourceNotFoundError:
            pass
        for uuid in self.api.live_calls.list_ids().calls:
            try:
                self.api.calls.hangup(uuid)
            except plivo.exceptions.ResourceNotFoundError:
                pass

    def add(self, role, phone, **params):
        """Dials the phone and gives the participant back when it is in."""
        added = self.mpcs.add_participant(
            role,
            friendly_name=self.name,
            from_=OWN_NUMBER,
            to_=phone[0],
            **{"enter_sound": "none", "exit_sound": "none", **params},
        )
        self.assertEqual(added.message, "add participant action initiated")
        return self.member(added.request_uuid)

    def member(self, call_uuid):
        def probe():
            try:
                found = list(self.mpcs.list_participants(friendly_name=self.name, call_uuid=call_uuid))
            # The SDK reads a refused list as a list, which has no objects then.
            except (plivo.exceptions.ResourceNotFoundError, AttributeError):
                return None
            return found[0].member_id if found else None

        return eventually(f"participant {call_uuid}", probe)

    def hears(self, phone, hz):
        """Waits until the phone hears this frequency and nothing else; with None, silence."""

        def probe():
            calls = phone_calls(phone[0])
            last = calls[-1]["heard"][-1] if calls and calls[-1]["heard"] else None
            if last is None or last["ms"] < STEADY_MS:
                return False
            if hz is None:
                return last["kind"] == "silence"
            return last["kind"] == "tone" and abs(last["hz"] - hz) <= 15

        eventually(f"{hz} Hz at {phone[0]}", probe, 15)

    def hung_up(self, phone):
        eventually(f"end of the call of {phone[0]}", lambda: phone_calls(phone[0])[-1]["state"] == "ended")

    def told(self, path, event):
        return self.webhooks.wait_for(event, lambda got: got["path"] == path and got["params"].get("EventName") == event)
