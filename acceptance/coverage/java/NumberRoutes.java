import com.plivo.api.models.number.Number;
import com.plivo.api.models.number.NumberType;
import com.plivo.api.models.number.PhoneNumber;
import com.plivo.api.models.pricing.Pricing;
import java.util.List;

/** Rented numbers, numbers for sale, prices, and what is known of any number. */
final class NumberRoutes {
  private static final String[] NOT_EVERY_NUMBER = {
    "alias", "application", "sub_account", "tendlc_registration_status", "tendlc_campaign_id", "toll_free_sms_verification",
    "toll_free_sms_verification_order_status", "toll_free_sms_verification_id", "cnam_lookup"
  };
  private final Report report;

  NumberRoutes(Report report) {
    this.report = report;
  }

  void run() {
    String forSale =
        report.route(
            "GET PhoneNumber/",
            () -> {
              var found = Expect.listed(PhoneNumber.lister("US").type(NumberType.LOCAL).limit(5).list());
              for (PhoneNumber one : found) Expect.part(one, "lata", "rate_center", "restriction", "restriction_text", "prefix");
              return found.get(0).getNumber();
            });
    report.check(
        "POST PhoneNumber/{number}/",
        () -> {
          var bought = Expect.filled(PhoneNumber.creator(forSale).create());
          Expect.equal("fulfilled", bought.getStatus());
          var number = Expect.filled(Expect.only(bought.getNumbers()));
          Expect.equal(forSale, number.getNumber());
          Expect.equal("Success", number.getStatus());
        });
    rented(forSale);
    own();
    report.check(
        "GET Pricing/",
        () -> {
          Pricing prices = Expect.filled(Pricing.getter("US").get());
          Expect.equal(1L, prices.getCountryCode());
          Expect.matches(Expect.AMOUNT, prices.getMessage().path("outbound").path("rate").asText());
          Expect.that(prices.getVoice().path("outbound").path("rates").path(0).path("prefix").isArray(), "prefix is no array");
        });
    report.check(
        "GET /v1/Number/{number}",
        () -> {
          var found = Expect.filled(com.plivo.api.models.lookup.Number.getter("+447400123456").get());
          Expect.equal("+447400123456", found.getPhoneNumber());
          Expect.equal("GBR", Expect.filled(found.getCountry()).getISO3());
          Expect.equal("+447400123456", Expect.filled(found.getFormat()).getE164());
          Expect.equal("mobile", Expect.filled(found.getCarrier(), "mobile_country_code", "mobile_network_code", "name").getType());
        });
  }

  private void rented(String bought) {
    String alias = World.named("alias");
    report.check(
        "POST Number/{number}/",
        () ->
            Expect.equal(
                "changed", Expect.filled(Number.updater(bought).alias(alias).update()).getMessage()));
    report.check(
        "GET Number/{number}/",
        () -> {
          var number = Expect.filled(Number.getter(bought).get(), NOT_EVERY_NUMBER);
          Expect.equal(bought, number.getNumber());
          Expect.equal(alias, number.getAlias());
          Expect.equal(NumberType.LOCAL, number.getNumberType());
          Expect.equal(true, number.getVoiceEnabled());
          Expect.equal(true, number.getActive());
          Expect.matches(Expect.AMOUNT, number.getMonthlyRentalRate());
        });
    report.check(
        "GET Number/",
        () -> {
          var found = Expect.only(Expect.listed(Number.lister().alias(alias).list()));
          Expect.equal(bought, found.getNumber());
          for (var one : Expect.listed(Number.lister().limit(20).list())) Expect.part(one, NOT_EVERY_NUMBER);
        });
    report.check(
        "DELETE Number/{number}/",
        () -> {
          Number.deleter(bought).unrent();
          Expect.gone(() -> Number.getter(bought).get());
        });
  }

  /** A number that the customer has from somebody else. */
  private void own() {
    String number = World.required("COVERAGE_OWN_NUMBER");
    report.check(
        "POST Number/",
        () -> {
          var adder = Number.adder(List.of(number), World.required("COVERAGE_CARRIER"), "California, UNITED STATES");
          Expect.filled(adder.numberType(NumberType.LOCAL).add());
          Expect.equal(number, Number.getter(number).get().getNumber());
        });
    report.check("DELETE Number/{number}/", () -> Number.deleter(number).unrent());
  }
}
