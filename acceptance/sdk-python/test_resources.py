import unittest

import plivo
import support
from support import OWN_NUMBER, client


class AccountTest(unittest.TestCase):
    def setUp(self):
        self.api = client()

    def test_gets_and_updates_the_account(self):
        account = self.api.account.get()
        self.assertEqual(account.auth_id, support.AUTH_ID)
        self.assertRegex(account.cash_credits, r"^-?\d+\.\d{5}$")
        self.api.account.update(name="Python Ltd", city="Austin", address="1 Main St")
        account = self.api.account.get()
        self.assertEqual((account.name, account.city, account.address), ("Python Ltd", "Austin", "1 Main St"))
        # Unset fields go out as null and change nothing.
        self.api.account.update(name="Renamed")
        account = self.api.account.get()
        self.assertEqual((account.name, account.city), ("Renamed", "Austin"))

    def test_refuses_wrong_credentials(self):
        with self.assertRaises(plivo.exceptions.AuthenticationError):
            client(auth_token="wrong").account.get()

    def test_walks_through_the_life_of_a_subaccount(self):
        created = self.api.subaccounts.create(name="Python branch", enabled=True)
        self.assertRegex(created.auth_id, r"^SA[A-Z0-9]{18}$")
        self.assertEqual(created.message, "created")
        one = self.api.subaccounts.get(created.auth_id)
        self.assertEqual((one.name, one.enabled), ("Python branch", True))
        self.assertIn(created.auth_id, [sub.auth_id for sub in self.api.subaccounts.list(limit=20, offset=0)])
        self.api.subaccounts.update(created.auth_id, name="Python renamed", enabled=True)
        self.assertEqual(self.api.subaccounts.get(created.auth_id).name, "Python renamed")
        scoped = client(created.auth_id, created.auth_token)
        self.assertEqual(len(list(scoped.numbers.list(limit=5))), 0)
        self.api.subaccounts.delete(created.auth_id, cascade=True)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.api.subaccounts.get(created.auth_id)


class ApplicationTest(unittest.TestCase):
    def test_walks_through_the_life_of_an_application(self):
        api = client()
        created = api.applications.create(
            app_name="python-app",
            answer_url="http://127.0.0.1:9/answer",
            answer_method="GET",
            message_url="http://127.0.0.1:9/message",
            log_incoming_messages=False,
        )
        self.assertRegex(created.app_id, r"^\d{17}$")
        app = api.applications.get(created.app_id)
        self.assertEqual(
            (app.app_name, app.answer_method, app.message_url, app.log_incoming_messages),
            ("python-app", "GET", "http://127.0.0.1:9/message", False),
        )
        self.assertIn(created.app_id, [entry.app_id for entry in api.applications.list(limit=20)])
        self.assertEqual(api.applications.update(created.app_id, answer_url="http://127.0.0.1:9/new").message, "changed")
        self.assertEqual(api.applications.get(created.app_id).answer_url, "http://127.0.0.1:9/new")
        api.applications.delete(created.app_id)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            api.applications.get(created.app_id)

    def test_says_what_is_wrong(self):
        with self.assertRaises(plivo.exceptions.ValidationError) as refused:
            client().applications.create(app_name="bad", answer_url="http://127.0.0.1:9/", subaccount="SAXXXXXXXXXXXXXXXXXX")
        self.assertTrue(str(refused.exception))


class NumberTest(unittest.TestCase):
    def setUp(self):
        self.api = client()

    def test_searches_and_buys(self):
        found = self.api.numbers.search(country_iso="US", type="local", pattern="415")
        numbers = [entry.number for entry in found]
        self.assertIn(support.FOR_SALE[0], numbers)
        bought = self.api.numbers.buy(support.FOR_SALE[0])
        self.assertEqual(bought.status, "fulfilled")
        self.assertEqual(self.api.numbers.get(support.FOR_SALE[0]).number, support.FOR_SALE[0])
        self.api.numbers.delete(support.FOR_SALE[0])
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            self.api.numbers.get(support.FOR_SALE[0])

    def test_lists_and_updates(self):
        self.api.numbers.update(OWN_NUMBER, alias="python alias")
        self.assertEqual(self.api.numbers.get(OWN_NUMBER).alias, "python alias")
        listed = self.api.numbers.list(alias="python alias")
        self.assertEqual([entry.number for entry in listed], [OWN_NUMBER])
        self.assertIn(OWN_NUMBER, [entry.number for entry in self.api.numbers.list(services="sms", type="local")])


if __name__ == "__main__":
    unittest.main()
