import json
import unittest

import plivo
from support import AUTH_ID, AUTH_TOKEN, OWN_NUMBER, PHONE, URL, client, eventually, operator

AGENT = "14155550176"
CUSTOMER = "14155550177"
THIRD = "14155550178"
ROOM = '<Response><MultiPartyCall role="{{role}}" stayAlone="true">python {{desk}}</MultiPartyCall></Response>'
BRIDGE = '<Response><Conference>bridge {{desk}}</Conference></Response>'
MESSAGE = '<Response><Message src="{{from}}" dst="{{to}}">Python {{Start.http.params.otp}}</Message></Response>'


def phlo_client():
    found = plivo.phlo.RestClient(AUTH_ID, AUTH_TOKEN, timeout=15)
    found.phlo_base_uri = URL + "/v1"
    return found


def make(name, xml):
    made = json.loads(operator("phlos", {"account": AUTH_ID, "name": name, "xml": xml, "from": OWN_NUMBER}))
    node = made["nodes"][0]["node_id"] if made["nodes"] else None
    return made["phlo_id"], node


class PhloTest(unittest.TestCase):
    def setUp(self):
        self.api = client()
        self.phlos = phlo_client()
        for phone in (AGENT, CUSTOMER, THIRD):
            script = {"script": [{"do": "answer"}, {"do": "wait", "ms": 60000}]}
            operator(f"phones/{phone}/script", script, method="PUT")

    def members(self, name):
        try:
            found = self.api.multi_party_calls.list_participants(friendly_name=name)
        except (plivo.exceptions.ResourceNotFoundError, AttributeError):
            # Nobody is there yet. The SDK takes the body of a 404 for a list and stumbles over it.
            return []
        return sorted(
            (each.member_address + (" on hold" if each.hold else "")) for each in found.objects
        )

    def await_members(self, name, *expected):
        eventually(f"{expected} in {name}", lambda: self.members(name) == sorted(expected), 30)

    def test_runs_a_phlo_of_messages(self):
        phlo_id, _ = make("python message", MESSAGE)
        phlo = self.phlos.phlo.get(phlo_id)
        self.assertEqual((phlo.phlo_id, phlo.name), (phlo_id, "python message"))
        run = phlo.run(**{"from": OWN_NUMBER, "to": PHONE, "otp": "815"})
        self.assertEqual((run.phlo_id, run.message), (phlo_id, "1 message queued"))
        self.assertEqual(run.phlo_run_id, run.api_id)

        def received():
            inbox = json.loads(operator(f"phones/{PHONE}/messages"))["messages"]
            return any(message["text"] == "Python 815" for message in inbox)

        eventually("message", received)

    def test_acts_on_the_multiparty_call_of_a_run(self):
        phlo_id, node_id = make("python desk", ROOM)
        phlo = self.phlos.phlo.get(phlo_id)
        phlo.run(to=AGENT, role="agent", desk="a")
        self.await_members("python a", AGENT)
        phlo.run(to=CUSTOMER, role="customer", desk="a")
        self.await_members("python a", AGENT, CUSTOMER)
        node = phlo.multi_party_call(node_id)
        self.assertEqual((node.node_id, node.name, node.node_type), (node_id, "python {{desk}}", "multi_party_call"))
        self.assertEqual(phlo.node("multi_party_call", node_id).phlo_id, phlo_id)
        customer = node.member(CUSTOMER)
        self.assertEqual(customer.hold().error, "")
        self.await_members("python a", AGENT, CUSTOMER + " on hold")
        self.assertEqual(customer.unhold().error, "")
        self.await_members("python a", AGENT, CUSTOMER)
        self.assertEqual(customer.mute().error, "")
        self.assertEqual(customer.unmute().error, "")
        self.assertEqual(node.warm_transfer(AGENT, THIRD).error, "")
        self.await_members("python a", AGENT, CUSTOMER + " on hold", THIRD)
        self.assertEqual(customer.resume_call().error, "")
        self.await_members("python a", AGENT, CUSTOMER, THIRD)
        self.assertEqual(node.member(THIRD).hangup().error, "")
        self.await_members("python a", AGENT, CUSTOMER)
        self.assertEqual(node.cold_transfer(AGENT, THIRD).error, "")
        self.await_members("python a", CUSTOMER, THIRD)
        self.assertEqual(node.call(THIRD, AGENT, "agent").error, "")
        self.await_members("python a", AGENT, CUSTOMER, THIRD)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            node.member("14155559999").hold()
        self.api.multi_party_calls.stop(friendly_name="python a")

    def test_acts_on_the_conference_of_a_run(self):
        phlo_id, node_id = make("python bridge", BRIDGE)
        phlo = self.phlos.phlo.get(phlo_id)
        phlo.run(to=AGENT, desk="b")
        phlo.run(to=CUSTOMER, desk="b")

        def inside():
            try:
                return {each["to"]: each for each in self.api.conferences.get("bridge b").members}
            except plivo.exceptions.ResourceNotFoundError:
                return {}

        eventually("conference of two", lambda: len(inside()) == 2, 30)
        self.assertEqual(self.phlos.phlo.member(phlo_id, node_id, AGENT, "mute").error, "")
        self.assertTrue(inside()[AGENT]["muted"])
        self.assertEqual(phlo.member(phlo_id, node_id, AGENT, "hangup").error, "")
        eventually("one left", lambda: list(inside()) == [CUSTOMER])
        self.api.conferences.delete("bridge b")

    def test_says_what_is_wrong(self):
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.phlos.phlo.get("2e802f94-cc03-4e35-b4c8-5a0328544135")
        phlo_id, _ = make("python refused", ROOM)
        with self.assertRaises(plivo.exceptions.ValidationError):
            self.phlos.phlo.get(phlo_id).run(role="agent")


if __name__ == "__main__":
    unittest.main()
