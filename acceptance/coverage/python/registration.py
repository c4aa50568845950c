"""Profiles, brands, campaigns and toll-free verifications."""

from surroundings import NUMBER_3, RFC_3339, RUN, TOLL_FREE, UUID, api, matches, web
from walk import A, becomes, equal, eventually, given, gone, step

LONG = "A text that is long enough for every minimum that campaigns have."
ADDRESS = {"street": "1 Main St", "city": "Austin", "state": "TX", "postal_code": "78701", "country": "US"}
CONTACT = {"first_name": "Ana", "last_name": "Lopez", "phone": "14155550100", "email": "a@example.com", "title": "Ms"}


def walk_registration():
    @step(f"POST {A}/Profile/")
    def profile():
        made = api.profile.create(
            profile_alias=f"python {RUN}",
            customer_type="DIRECT",
            entity_type="PRIVATE",
            company_name="Corner Shop",
            vertical="RETAIL",
            ein="12-345",
            ein_issuing_country="US",
            website="example.com",
            address=ADDRESS,
            authorized_contact=CONTACT,
        )
        return matches(UUID, made.profile_uuid)

    @step(f"GET {A}/Profile/{{profile_uuid}}/")
    def _():
        shown = api.profile.get(given(profile, "profile")).profile
        equal((shown["profile_uuid"], shown["company_name"]), (profile, "Corner Shop"))
        equal((shown["address"]["city"], shown["authorized_contact"]["first_name"]), ("Austin", "Ana"))

    @step(f"GET {A}/Profile/")
    def _():
        found = api.profile.list(limit=20)
        assert len(found.profiles) >= 1
        equal(type(found.meta["limit"]), int)

    @step(f"POST {A}/Profile/{{profile_uuid}}/")
    def _():
        changed = api.profile.update(given(profile, "profile"), {"company_name": "Other"})
        equal(changed.profile["company_name"], "Other")

    walk_brands(profile)
    walk_toll_free(profile)

    @step(f"DELETE {A}/Profile/{{profile_uuid}}/")
    def _():
        equal(api.profile.delete(given(profile, "profile")).message, "Profile deleted successfully.")
        gone(lambda: api.profile.get(profile))


def walk_brands(profile):
    @step(f"POST {A}/10dlc/Brand/")
    def brand():
        made = api.brand.create(
            brand_alias=f"python {RUN}", brand_type="STANDARD", profile_uuid=given(profile, "profile"), secondary_vetting=True
        )
        assert made.brand_id.startswith("B"), made.brand_id
        return made.brand_id

    @step(f"GET {A}/10dlc/Brand/{{brand_id}}/")
    def _():
        look = lambda: api.brand.get(given(brand, "brand")).brand
        becomes("brand", "COMPLETED", lambda: look()["registration_status"])
        shown = look()
        equal((shown["brand_id"], shown["brand_alias"], shown["brand_type"]), (brand, f"python {RUN}", "STANDARD"))
        equal(shown["profile_uuid"], profile)

    @step(f"GET {A}/10dlc/Brand/")
    def _():
        found = api.brand.list(type="STANDARD", status="COMPLETED", limit=20)
        assert brand in [one["brand_id"] for one in found.brands]
        equal(type(found.meta["limit"]), int)

    @step(f"GET {A}/10dlc/Brand/{{brand_id}}/usecases/")
    def _():
        cases = api.brand.get_usecases(given(brand, "brand")).use_cases
        assert len(cases) > 5
        equal(type(cases[0]["name"]), str)

    walk_campaigns(brand)

    @step(f"DELETE {A}/10dlc/Brand/{{brand_id}}/")
    def _():
        equal(api.brand.delete(given(brand, "brand")).message, "Brand Deactivated")
        gone(lambda: api.brand.get(brand))


def walk_campaigns(brand):
    campaigns = api.campaign
    status = lambda which: campaigns.get(which).campaign["registration_status"]

    def create(description):
        return campaigns.create(
            brand_id=given(brand, "brand"),
            campaign_alias=f"python {RUN}",
            vertical="RETAIL",
            usecase="MIXED",
            sub_usecases=["2FA", "MARKETING"],
            description=description,
            sample1=LONG,
            sample2=LONG,
            message_flow=LONG,
            help_message=LONG,
            optout_message=LONG,
            subscriber_optin=True,
            subscriber_optout=True,
            subscriber_help=True,
        ).campaign_id

    @step(f"POST {A}/10dlc/Campaign/")
    def campaign():
        made = create(LONG)
        assert made.startswith("C"), made
        return made

    @step(f"GET {A}/10dlc/Campaign/{{campaign_id}}/")
    def _():
        becomes("campaign", "ACTIVE", lambda: status(given(campaign, "campaign")))
        shown = campaigns.get(campaign).campaign
        equal((shown["campaign_id"], shown["usecase"], shown["sub_usecase"]), (campaign, "MIXED", "2FA,MARKETING"))
        equal((shown["sample1"], shown["brand_id"]), (LONG, brand))

    @step(f"GET {A}/10dlc/Campaign/")
    def _():
        found = campaigns.list(brand_id=given(brand, "brand"), limit=20)
        assert campaign in [one["campaign_id"] for one in found.campaigns]
        equal(type(found.meta["limit"]), int)

    @step(f"POST {A}/10dlc/Campaign/{{campaign_id}}/")
    def _():
        declined = create(LONG + " #reject:1003")
        becomes("campaign", "FAILED", lambda: status(declined))
        campaigns.update(declined, description=LONG)
        becomes("campaign", "ACTIVE", lambda: status(declined))
        campaigns.delete(declined)

    @step(f"POST {A}/10dlc/Campaign/Import/")
    def _():
        equal(campaigns.import_campaign(f"CP{RUN.upper()}", f"shared {RUN}").campaign_id, f"CP{RUN.upper()}")

    walk_campaign_numbers(campaign)

    @step(f"DELETE {A}/10dlc/Campaign/{{campaign_id}}/")
    def _():
        equal(campaigns.delete(given(campaign, "campaign")).message, "Campaign Deactivated")
        gone(lambda: campaigns.get(campaign))


def walk_campaign_numbers(campaign):
    linked = lambda: api.campaign.get_numbers(given(campaign, "campaign"), limit=5).phone_numbers

    @step(f"POST {A}/10dlc/Campaign/{{campaign_id}}/Number/")
    def _():
        asked = api.campaign.number_link(given(campaign, "campaign"), url=web("/webhook/link"), numbers=[NUMBER_3])
        assert "request to link" in asked.message.lower(), asked.message

    @step(f"GET {A}/10dlc/Campaign/{{campaign_id}}/Number/")
    def _():
        becomes("number", [(NUMBER_3, "COMPLETED")], lambda: [(one["number"], one["status"]) for one in linked()])

    @step(f"GET {A}/10dlc/Campaign/{{campaign_id}}/Number/{{number}}/")
    def _():
        one = api.campaign.get_number(given(campaign, "campaign"), NUMBER_3).phone_numbers[0]
        equal((one["number"], one["status"]), (NUMBER_3, "COMPLETED"))

    @step(f"DELETE {A}/10dlc/Campaign/{{campaign_id}}/Number/{{number}}/")
    def _():
        api.campaign.number_unlink(given(campaign, "campaign"), NUMBER_3)
        eventually("unlinked number", lambda: not linked())


def walk_toll_free(profile):
    verifications = api.tollfree_verification
    path = f"{A}/TollfreeVerification/{{tollfree_verification_uuid}}/"

    @step(f"POST {A}/TollfreeVerification/")
    def uuid():
        made = verifications.create(
            profile_uuid=given(profile, "profile"),
            usecase="2FA",
            usecase_summary="Codes",
            message_sample="Your code is 1",
            optin_image_url="https://example.com/a.png",
            volume="1,000",
            number=TOLL_FREE,
            optin_type="VERBAL",
            additional_information="#update",
        )
        return matches(UUID, made.uuid)

    @step(f"GET {path}")
    def _():
        becomes("verification", "UPDATE_REQUIRED", lambda: verifications.get(given(uuid, "verification")).status)
        one = verifications.get(uuid)
        equal((one.uuid, one.number, one.usecase, one.profile_uuid), (uuid, TOLL_FREE, "2FA", profile))
        matches(RFC_3339, one.created)

    @step(f"GET {A}/TollfreeVerification/")
    def _():
        equal([one.uuid for one in verifications.list(number=TOLL_FREE)], [given(uuid, "verification")])

    @step(f"POST {path}")
    def _():
        verifications.update(given(uuid, "verification"), additional_information="#wait", volume="10,000")
        equal(verifications.get(uuid).volume, "10,000")

    @step(f"DELETE {path}")
    def _():
        verifications.delete(given(uuid, "verification"))
        gone(lambda: verifications.get(uuid))
