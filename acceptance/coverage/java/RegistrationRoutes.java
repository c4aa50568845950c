import com.plivo.api.models.brand.Brand;
import com.plivo.api.models.campaign.Campaign;
import com.plivo.api.models.campaign.CampaignNumbers;
import com.plivo.api.models.profile.Profile;
import com.plivo.api.models.profile.ProfileAddress;
import com.plivo.api.models.profile.ProfileAuthorizedContact;
import com.plivo.api.models.tollfree_verification.TollfreeVerification;

/** Who sends what to the United States: profiles, brands, campaigns with their numbers, toll-free verifications. */
final class RegistrationRoutes {
  private static final String LONG = "A text that is long enough for every minimum that campaigns have.";
  private static final String ID = "[A-Z0-9]{7,}";
  private static final String CAMPAIGN = "10dlc/Campaign/{campaign_id}/";
  /** The answer has the profile under `profile`; the SDK's class has its fields beside that too. */
  private static final String[] BESIDE_PROFILE = {
    "profile_alias", "customer_type", "entity_type", "company_name", "ein", "ein_issuing_country", "address", "stock_symbol", "stock_exchange",
    "website", "vertical", "alt_business_id_type", "plivo_subaccount", "authorized_contact", "primary_profile", "profile_type", "profile_uuid",
    "created_at", "message"
  };
  private static final String[] NOT_EVERY_PROFILE = {"stock_symbol", "stock_exchange", "plivo_subaccount"};
  private static final String[] BESIDE_BRAND = {
    "brand_id", "brand_alias", "brand_type", "ein_issuing_country", "entity_type", "profile_uuid", "registration_status", "vertical", "address",
    "authorized_contact", "created_at", "declined_reasons"
  };
  private static final String[] NOT_EVERY_CAMPAIGN = {"reseller_id", "error_reason", "error_code", "error_description"};
  private final Report report;

  RegistrationRoutes(Report report) {
    this.report = report;
  }

  void run() {
    String profile = profile();
    String brand = brand(profile);
    campaign(brand);
    declined(brand);
    report.check(
        "POST 10dlc/Campaign/Import/",
        () -> {
          String foreign = "C" + World.RUN.toUpperCase();
          Expect.equal(foreign, Expect.filled(Campaign.importer(foreign, World.named("import")).import_campaign()).getcampaignID());
        });
    report.check(
        "DELETE 10dlc/Brand/{brand_id}/",
        () -> {
          var deleted = Expect.filled(Brand.deleter(brand).delete());
          Expect.equal("Brand Deactivated", deleted.getMessage());
          Expect.equal(brand, deleted.getBrandId());
        });
    tollFree(profile);
    report.check(
        "DELETE Profile/{profile_uuid}/",
        () -> {
          String other = made("other");
          Expect.given(Profile.delete(other).delete().getMessage(), "message");
          Expect.gone(() -> Profile.getter(other).get());
        });
  }

  private static String made(String alias) throws Exception {
    var address = new ProfileAddress("1 Main St", "Austin", "TX", "78701", "US");
    var contact = new ProfileAuthorizedContact("Ana", "Lopez", "14155550100", "ana@example.com", "Ms", "CEO");
    var created =
        Profile.creator(
                World.named(alias), "DIRECT", "PRIVATE", "Corner Shop", "12-345", "US", address, "", "", "example.com", "RETAIL", "", "NONE", "", contact)
            .create();
    return Expect.filled(created).getProfileUUID();
  }

  private String profile() {
    String uuid = report.route("POST Profile/", () -> Expect.matches(Expect.UUID, made("profile")));
    report.check(
        "POST Profile/{profile_uuid}/",
        () -> {
          var changed = Expect.filled(Profile.update(uuid).companyName("Corner Shop Inc").update(), BESIDE_PROFILE);
          Expect.equal("Corner Shop Inc", changed.getProfile().getCompanyName());
        });
    report.check(
        "GET Profile/{profile_uuid}/",
        () -> {
          var profile = Expect.part(Expect.filled(Profile.getter(uuid).get(), BESIDE_PROFILE).getProfile(), NOT_EVERY_PROFILE);
          Expect.equal(uuid, profile.getProfileUUID());
          Expect.equal("SECONDARY", profile.getProfileType());
          Expect.equal("Austin", Expect.filled(profile.getAddress()).getCity());
          Expect.equal("Ana", Expect.filled(profile.getAuthorizedContact()).getFirstName());
        });
    report.check(
        "GET Profile/",
        () -> {
          var page = Profile.lister().limit(5).offset(0).list();
          Expect.matches(Expect.UUID, page.getApiId());
          Expect.that(Expect.some(page.getProfiles()).stream().anyMatch((one) -> uuid.equals(one.getProfileUUID())), "it is not listed");
        });
    return uuid;
  }

  private String brand(String profile) {
    String id =
        report.route(
            "POST 10dlc/Brand/",
            () -> Expect.matches(ID, Expect.filled(Brand.creator(World.named("brand"), profile, "STANDARD", false, "", "POST").create()).getBrandID()));
    report.check(
        "GET 10dlc/Brand/{brand_id}/",
        () -> {
          World.becomes("COMPLETED", () -> Brand.getter(id).get().getBrand().getRegistrationStatus());
          var brand = Expect.part(Expect.filled(Brand.getter(id).get(), BESIDE_BRAND).getBrand(), "declined_reasons");
          Expect.equal(id, brand.getBrandID());
          Expect.equal(profile, brand.getProfileUUID());
          Expect.equal("STANDARD", brand.getBrandType());
          Expect.equal("Austin", brand.getAddress().getCity());
        });
    report.check(
        "GET 10dlc/Brand/",
        () -> {
          var page = Brand.lister().limit(5).offset(0).list();
          Expect.meta(page.getMeta());
          Expect.that(Expect.some(page.getBrands()).stream().anyMatch((one) -> id.equals(one.getBrandID())), "it is not listed");
        });
    report.check(
        "GET 10dlc/Brand/{brand_id}/usecases/",
        () -> {
          var answer = Expect.filled(Brand.get_usecases(id).get());
          Expect.equal(id, answer.getBrandId());
          for (var one : Expect.some(answer.getUseCases())) Expect.filled(one);
        });
    return id;
  }

  private static String campaignOf(String brand, String alias, String description) throws Exception {
    return Expect.filled(
            Campaign.creator(
                    brand, World.named(alias), "RETAIL", "MIXED", new String[] {"2FA", "MARKETING"}, description, false, false, false, false,
                    false, true, true, true, LONG, LONG, World.stage("/webhook/campaign"), "POST", LONG, LONG, LONG, "START", LONG, "STOP", "HELP")
                .create())
        .getcampaignID();
  }

  private void campaign(String brand) {
    String id = report.route("POST 10dlc/Campaign/", () -> Expect.matches(ID, campaignOf(brand, "campaign", LONG)));
    report.check(
        "GET " + CAMPAIGN,
        () -> {
          World.becomes("ACTIVE", () -> Campaign.getter(id).get().getCampaign().getRegistrationStatus());
          var campaign = Expect.part(Campaign.getter(id).get().getCampaign(), NOT_EVERY_CAMPAIGN);
          Expect.equal(brand, campaign.getBrandID());
          Expect.equal("2FA,MARKETING", campaign.getSubUsecase());
          Expect.equal(true, Expect.filled(campaign.getCampaignAttributes()).getSubscriberOptin());
          Expect.filled(Expect.filled(campaign.getMnoMetadata()).getUSCellular(), "brand_tier");
        });
    report.check(
        "GET 10dlc/Campaign/",
        () -> {
          var page = Campaign.lister().limit(5).offset(0).list();
          Expect.meta(page.getMeta());
          Expect.that(Expect.some(page.getCampaigns()).stream().anyMatch((one) -> id.equals(one.getCampaignID())), "it is not listed");
        });
    numbers(id);
    report.check(
        "DELETE " + CAMPAIGN,
        () -> {
          var deleted = Expect.filled(Campaign.deleter(id).delete());
          Expect.equal("Campaign Deactivated", deleted.getMessage());
          Expect.equal(id, deleted.getCampaignId());
        });
  }

  private void numbers(String id) {
    report.check(
        "POST " + CAMPAIGN + "Number/",
        () -> Expect.filled(CampaignNumbers.link(id, World.stage("/webhook/campaign"), "POST", new String[] {World.NUMBER_3}).create()));
    report.check(
        "GET " + CAMPAIGN + "Number/",
        () -> {
          World.becomes("COMPLETED", () -> CampaignNumbers.getNumbers(id).get().phoneNumbers[0].getStatus());
          var all = Expect.filled(CampaignNumbers.getNumbers(id).limit(5).offset(0).get(), "message");
          Expect.equal(id, all.getCampaignID());
          Expect.equal(1, all.phoneNumbers.length);
        });
    report.check(
        "GET " + CAMPAIGN + "Number/{number}/",
        () -> {
          var one = Expect.filled(CampaignNumbers.getNumber(id).number(World.NUMBER_3).get(), "message", "phone_numbers_summary", "number_pool_limit");
          Expect.equal(World.NUMBER_3, one.phoneNumbers[0].getNumber());
        });
    report.check(
        "DELETE " + CAMPAIGN + "Number/{number}/",
        () -> {
          var answer = CampaignNumbers.unlink(id, World.NUMBER_3, World.stage("/webhook/campaign"), "POST").delete();
          Expect.filled(answer, "campaign_id", "campaign_alias", "usecase", "phone_numbers", "phone_numbers_summary", "number_pool_limit");
          World.becomes("0", () -> String.valueOf(CampaignNumbers.getNumbers(id).get().phoneNumbers.length));
        });
  }

  /** Only what was declined can be changed: the registry declines what has this in its description. */
  private void declined(String brand) {
    report.check(
        "POST " + CAMPAIGN,
        () -> {
          String id = campaignOf(brand, "declined", LONG + " #reject:1001");
          World.becomes("FAILED", () -> Campaign.getter(id).get().getCampaign().getRegistrationStatus());
          Expect.equal("1001", Campaign.getter(id).get().getCampaign().getErrorCode());
          var changed = Campaign.updater(id, "", LONG + " Now.", LONG, LONG, LONG, LONG, "START", LONG, "STOP", LONG, "HELP").update();
          Expect.equal(LONG + " Now.", Expect.given(changed.getCampaign(), "campaign").getDescription());
          World.becomes("ACTIVE", () -> Campaign.getter(id).get().getCampaign().getRegistrationStatus());
          Campaign.deleter(id).delete();
        });
  }

  private void tollFree(String profile) {
    String[] notEvery = {"extra_data", "callback_url", "callback_method"};
    String uuid =
        report.route(
            "POST TollfreeVerification/",
            () -> {
              var creator =
                  TollfreeVerification.creator(
                      profile, World.TOLL_FREE, "2FA", "Codes", "https://example.com/a.png", "Your code is 1", "VERBAL", "1,000", "#update");
              return Expect.matches(Expect.UUID, Expect.filled(creator.create()).getUuid());
            });
    report.check(
        "POST TollfreeVerification/{tollfree_verification_uuid}/",
        () -> {
          World.becomes("UPDATE_REQUIRED", () -> TollfreeVerification.getter(uuid).get().getStatus());
          Expect.filled(TollfreeVerification.updater(uuid).additionalInformation("#wait").volume("10,000").update());
        });
    report.check(
        "GET TollfreeVerification/{tollfree_verification_uuid}/",
        () -> {
          var found = Expect.filled(TollfreeVerification.getter(uuid).get(), notEvery);
          Expect.equal("10,000", found.getVolume());
          Expect.equal(World.TOLL_FREE, found.getNumber());
        });
    report.check(
        "GET TollfreeVerification/",
        () -> {
          var found = Expect.only(Expect.listed(TollfreeVerification.lister().number(World.TOLL_FREE).limit(5).list()));
          Expect.equal(uuid, Expect.part(found, notEvery).getUuid());
        });
    report.check(
        "DELETE TollfreeVerification/{tollfree_verification_uuid}/",
        () -> {
          TollfreeVerification.deleter(uuid).delete();
          Expect.gone(() -> TollfreeVerification.getter(uuid).get());
        });
  }
}
