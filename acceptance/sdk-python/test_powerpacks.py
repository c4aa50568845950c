import unittest

import plivo
from support import OWN_NUMBER, PHONE, SECOND_NUMBER, client


class PowerpackTest(unittest.TestCase):
    def setUp(self):
        self.api = client()

    def test_walks_through_the_life_of_a_powerpack(self):
        created = self.api.powerpacks.create(name="python pack")
        pack = self.api.powerpacks.get(created.uuid)
        self.assertEqual((pack.name, pack.sticky_sender, pack.application_id), ("python pack", True, ""))
        listed = self.api.powerpacks.list(limit=5, offset=0)
        self.assertIn(created.uuid, [entry["uuid"] for entry in listed["objects"]])
        self.assertEqual(pack.add_number(OWN_NUMBER)["number"], OWN_NUMBER)
        self.assertEqual(pack.add_number(SECOND_NUMBER, service="mms")["service"], "mms")
        self.assertEqual(pack.count_numbers(), 2)
        self.assertEqual(pack.find_number(OWN_NUMBER)["type"], "fixed")
        self.assertEqual(pack.list_numbers(service="mms", limit=5)["meta"]["total_count"], 1)
        self.assertEqual(pack.list_tollfree()["objects"], [])
        self.assertEqual(pack.list_shortcodes()["objects"], [])
        sent = self.api.messages.create(powerpack_uuid=created.uuid, dst=PHONE, text="From a pool")
        message = self.api.messages.get(sent.message_uuid[0])
        self.assertEqual(message.powerpack_id, created.uuid)
        self.assertIn(message.from_number, [OWN_NUMBER, SECOND_NUMBER])
        self.assertEqual(pack.remove_number(OWN_NUMBER)["response"], "success")
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            pack.find_number(OWN_NUMBER)
        self.assertEqual(pack.update({"name": "python renamed"})["name"], "python renamed")
        self.assertEqual(pack.delete()["response"], "success")
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.api.powerpacks.get(created.uuid)

    def test_tells_prices_and_looks_numbers_up(self):
        self.assertEqual(self.api.pricing.get("US").country_code, 1)
        found = self.api.lookup.get("+447400123456")
        self.assertEqual((found.country["iso3"], found.carrier["type"]), ("GBR", "mobile"))


if __name__ == "__main__":
    unittest.main()
