"""Everything that is registered. The server's registry decides by itself within seconds."""

import os
import tempfile
import unittest

import plivo
from support import COMPLIANCE_LONG_CODE, COMPLIANCE_TOLL_FREE, client, eventually

LONG = "A text that is long enough for every minimum that campaigns have."


def profile(api):
    created = api.profile.create(
        profile_alias="Shop",
        customer_type="DIRECT",
        entity_type="PRIVATE",
        company_name="Corner Shop",
        vertical="RETAIL",
        ein="12-345",
        ein_issuing_country="US",
        address={"street": "1 Main St", "city": "Austin", "state": "TX", "postal_code": "78701", "country": "US"},
    )
    return created.profile_uuid


class ComplianceTest(unittest.TestCase):
    def setUp(self):
        self.api = client()
        handle, self.paper = tempfile.mkstemp(suffix=".pdf")
        os.write(handle, b"%PDF-1.4\n")
        os.close(handle)
        self.addCleanup(os.unlink, self.paper)

    def becomes(self, wanted, look):
        eventually(wanted, lambda: look() == wanted)

    def test_profiles_live(self):
        api = self.api
        uuid = profile(api)
        self.assertEqual(api.profile.get(uuid).profile["company_name"], "Corner Shop")
        self.assertGreaterEqual(len(api.profile.list(limit=5, offset=0).profiles), 2)
        self.assertEqual(api.profile.update(uuid, {"company_name": "Other"}).profile["company_name"], "Other")
        self.assertEqual(api.profile.delete(uuid).message, "Profile deleted successfully.")
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            api.profile.get(uuid)

    def test_brands_and_campaigns_are_registered(self):
        api = self.api
        brand_id = api.brand.create(brand_alias="Corner", brand_type="STANDARD", profile_uuid=profile(api)).brand_id
        self.becomes("COMPLETED", lambda: api.brand.get(brand_id).brand["registration_status"])
        self.assertTrue(api.brand.list(type="STANDARD", status="COMPLETED").brands)
        self.assertEqual(len(api.brand.get_usecases(brand_id).use_cases), 12)
        campaign_id = api.campaign.create(
            brand_id=brand_id,
            campaign_alias="Offers",
            vertical="RETAIL",
            usecase="MARKETING",
            description=LONG + " #reject:1003",
            sample1=LONG,
            sample2=LONG,
            message_flow=LONG,
            help_message=LONG,
            optout_message=LONG,
            subscriber_optin=True,
            subscriber_optout=True,
            subscriber_help=True,
        ).campaign_id
        status = lambda: api.campaign.get(campaign_id).campaign["registration_status"]
        self.becomes("FAILED", status)
        self.assertEqual(api.campaign.get(campaign_id).campaign["error_code"], "1003")
        api.campaign.update(campaign_id, description=LONG)
        self.becomes("ACTIVE", status)
        self.assertEqual(api.campaign.get(campaign_id).campaign["mno_metadata"]["AT&T"]["tpm"], 225)
        self.assertTrue(api.campaign.list(brand_id=brand_id, usecase="MARKETING").campaigns)
        api.campaign.number_link(campaign_id, numbers=[COMPLIANCE_LONG_CODE])
        self.becomes("COMPLETED", lambda: api.campaign.get_numbers(campaign_id, limit=5).phone_numbers[0]["status"])
        one = api.campaign.get_number(campaign_id, COMPLIANCE_LONG_CODE)
        self.assertEqual(one.phone_numbers[0]["number"], COMPLIANCE_LONG_CODE)
        api.campaign.number_unlink(campaign_id, COMPLIANCE_LONG_CODE)
        eventually("an unlinked number", lambda: not api.campaign.get_numbers(campaign_id).phone_numbers)
        self.assertEqual(api.campaign.delete(campaign_id).message, "Campaign Deactivated")
        self.assertEqual(api.campaign.import_campaign("CPYTHON", "Shared").campaign_id, "CPYTHON")
        self.assertEqual(api.brand.delete(brand_id).message, "Brand Deactivated")

    def test_toll_free_numbers_are_verified(self):
        api = self.api
        uuid = api.tollfree_verification.create(
            profile_uuid=profile(api),
            usecase="2FA",
            usecase_summary="Codes",
            message_sample="Your code is 1",
            optin_image_url="https://example.com/a.png",
            volume="1,000",
            number=COMPLIANCE_TOLL_FREE,
            optin_type="VERBAL",
            additional_information="#update",
        ).uuid
        self.becomes("UPDATE_REQUIRED", lambda: api.tollfree_verification.get(uuid).status)
        api.tollfree_verification.update(uuid, additional_information="#wait")
        found = api.tollfree_verification.list(number=COMPLIANCE_TOLL_FREE)
        self.assertEqual([one.uuid for one in found], [uuid])
        api.tollfree_verification.delete(uuid)
        with self.assertRaises(plivo.exceptions.ResourceNotFoundError):
            api.tollfree_verification.get(uuid)

    def test_applications_are_submitted_with_documents_of_end_users(self):
        api = self.api
        user = api.end_users.create(name="Acme", end_user_type="business").end_user_id
        api.end_users.update(user, last_name="Inc")
        self.assertEqual(api.end_users.get(user).last_name, "Inc")
        self.assertTrue(api.end_users.list(name="Acme").objects)
        types = {one["document_name"]: one["document_type_id"] for one in api.compliance_document_types.list().objects}
        fields = {
            "Registration Certificate": {"business_name": "Acme"},
            "GST Certificate": {"unique_identification_number": "22AAAAA0000A1Z"},
        }
        documents = []
        for name, given in fields.items():
            self.assertTrue(api.compliance_document_types.get(types[name]).proof_required)
            made = api.compliance_documents.create(user, types[name], name, self.paper, **given)
            documents.append(made.document_id)
        api.compliance_documents.update(documents[0], alias="changed")
        self.assertEqual(api.compliance_documents.get(documents[0]).alias, "changed")
        self.assertEqual(len(api.compliance_documents.list(end_user_id=user).objects), 2)
        requirement = api.compliance_requirements.list("IN", "local", "business").compliance_requirement_id
        self.assertEqual(api.compliance_requirements.get(requirement).country_iso2, "IN")
        made = api.compliance_applications.create(requirement, user, documents[:1], "India")
        application = made.compliance_application_id
        api.compliance_applications.update(application, documents)
        self.assertEqual(api.compliance_applications.submit(application).status, "submitted")
        self.becomes("accepted", lambda: api.compliance_applications.get(application).status)
        self.assertTrue(api.compliance_applications.list(status="accepted", country_iso2="IN").objects)
        api.compliance_applications.delete(application)
        for document in documents:
            api.compliance_documents.delete(document)
        api.end_users.delete(user)

    def test_addresses_and_identities_are_verified(self):
        api = self.api
        place = dict(address_line1="1", address_line2="-", city="Paris", region="IDF", postal_code="75002")
        person = dict(country_iso="FR", salutation="Ms", first_name="Ana", last_name="Lopez")
        api.addresses.create(**person, **place, address_proof_type="passport", alias="py", file_to_upload=self.paper)
        address = next(one for one in api.addresses.list() if one.alias == "py")
        api.addresses.update(address.id, salutation="Ms", first_name="Eva", last_name="Lopez", country_iso="FR")
        self.assertEqual(api.addresses.get(address.id).first_name, "Eva")
        api.addresses.delete(address.id)
        api.identities.create(
            **person,
            birth_place="Paris",
            birth_date="1990-01-01",
            nationality="FR",
            id_nationality="FR",
            id_issue_date="2020-01-01",
            id_type="passport",
            id_number="7",
            **place,
            alias="py",
        )
        identity = next(one for one in api.identities.list() if one.alias == "py")
        self.assertEqual(api.identities.get(identity.id).id_type, "passport")
        api.identities.delete(identity.id)
