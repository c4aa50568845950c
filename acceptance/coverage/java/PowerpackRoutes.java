import com.plivo.api.models.message.Message;
import com.plivo.api.models.number.PhoneNumber;
import com.plivo.api.models.powerpack.NumberPriority;
import com.plivo.api.models.powerpack.Powerpack;
import com.plivo.api.models.powerpack.Priority;
import java.util.List;

/** Powerpacks and their number pools. */
final class PowerpackRoutes {
  private static final String POOL = "NumberPool/{number_pool_uuid}/";
  /** The code itself is in `shortcode`, which the SDK does not read. */
  private static final String[] NOT_OF_SHORT_CODES = {"number", "type", "account_phone_number_resource"};

  private final Report report;

  PowerpackRoutes(Report report) {
    this.report = report;
  }

  void run() {
    String name = World.named("pack");
    var made =
        report.route(
            "POST Powerpack/",
            () -> {
              var created = Expect.filled(Powerpack.creator(name).create(), "application_type", "application_id", "message");
              Expect.equal(name, created.getName());
              Expect.equal(true, created.getLocalConnect());
              return created.getUuid();
            });
    report.check(
        "POST Powerpack/{powerpack_uuid}/",
        () -> {
          var priority = new NumberPriority("US", new Priority("longcode", "tollfree", "shortcode"), "SMS");
          var changed = Powerpack.getter(made).get().updater().name(name + "!").number_priority(new NumberPriority[] {priority}).update();
          Expect.filled(changed, "application_type", "application_id", "message");
          Expect.equal(name + "!", changed.getName());
        });
    Powerpack pack =
        report.route(
            "GET Powerpack/{powerpack_uuid}/",
            () -> {
              Powerpack found = Expect.filled(Powerpack.getter(made).get(), "application_type", "application_id");
              Expect.equal(made, found.getUuid());
              Expect.equal(true, found.getSticky_sender());
              Expect.matches(Expect.UUID, found.getNumberPoolId());
              return found;
            });
    report.check(
        "GET Powerpack/",
        () -> {
          for (Powerpack one : Expect.listed(Powerpack.lister().limit(5).list())) Expect.part(one, "application_type", "application_id");
        });
    try {
      longCodes(pack);
      tollFree(pack);
      shortCodes(pack);
    } finally {
      report.check(
          "DELETE Powerpack/{powerpack_uuid}/",
          () -> {
            pack.deleter().unrent_numbers(false).delete();
            Expect.gone(() -> Powerpack.getter(made).get());
          });
    }
  }

  private void longCodes(Powerpack pack) {
    report.check(
        "POST " + POOL + "Number/{number}/",
        () -> Expect.equal(World.NUMBER_2, Expect.filled(pack.add_number().number(World.NUMBER_2).get()).getNumber()));
    String bought =
        report.route(
            "POST " + POOL + "Number/{number}/",
            () -> {
              String forSale = PhoneNumber.lister("US").limit(5).list().getObjects().get(0).getNumber();
              Expect.equal(forSale, Expect.filled(pack.buy_add_number().number(forSale).get()).getNumber());
              return forSale;
            });
    report.check(
        "GET " + POOL + "Number/{number}/",
        () -> {
          var found = Expect.filled(pack.find_number().number(World.NUMBER_2).get());
          Expect.equal(pack.getNumberPoolId(), found.getNumber_pool_uuid());
          Expect.equal("US", found.getCountry_iso2());
        });
    report.check(
        "GET " + POOL + "Number/",
        () -> {
          var found = Expect.listed(pack.list_numbers().limit(5).list());
          Expect.equal(2, found.size());
          for (var one : found) Expect.part(one);
          Expect.equal(2L, pack.count_numbers().get());
        });
    report.check(
        "POST Message/",
        () -> {
          var sent = Message.creator(List.of(World.PHONE_2), World.named("pooled"), pack.getUuid()).create();
          Expect.equal(pack.getUuid(), Message.getter(sent.getMessageUuid().get(0)).get().getPowerpackID());
        });
    report.check(
        "DELETE " + POOL + "Number/{number}/",
        () -> {
          pack.remove_number().number(bought).unrent(true).delete();
          pack.remove_number().number(World.NUMBER_2).unrent(false).delete();
          Expect.equal(0L, pack.count_numbers().get());
        });
  }

  private void tollFree(Powerpack pack) {
    report.check(
        "POST " + POOL + "Tollfree/{tollfree}/",
        () -> Expect.equal(World.TOLL_FREE, Expect.filled(pack.add_tollfree().tollfree(World.TOLL_FREE).get()).getNumber()));
    report.check(
        "GET " + POOL + "Tollfree/{tollfree}/",
        () -> Expect.equal("tollfree", Expect.filled(pack.find_tollfree().tollfree(World.TOLL_FREE).get()).getType()));
    report.check(
        "GET " + POOL + "Tollfree/",
        () -> Expect.equal(World.TOLL_FREE, Expect.part(Expect.only(Expect.listed(pack.list_tollfree().list()))).getNumber()));
    report.check(
        "DELETE " + POOL + "Tollfree/{tollfree}/",
        () -> {
          pack.remove_tollfree().tollfree(World.TOLL_FREE).unrent(false).delete();
          Expect.gone(() -> pack.find_tollfree().tollfree(World.TOLL_FREE).get());
        });
  }

  /** Short codes come into a pool by the operator: no SDK has a request for that. */
  private void shortCodes(Powerpack pack) {
    String code = World.required("COVERAGE_SHORTCODE");
    report.check(
        "GET " + POOL + "Shortcode/",
        () -> {
          World.operator("POST", "number-pools/" + pack.getNumberPoolId() + "/shortcodes", "{\"shortcode\": \"" + code + "\"}");
          Expect.part(Expect.only(Expect.listed(pack.list_shortcode().list())), NOT_OF_SHORT_CODES);
        });
    report.check(
        "GET " + POOL + "Shortcode/{shortcode}/",
        () -> Expect.equal("US", Expect.filled(pack.find_shortcode().shortcode(code).get(), NOT_OF_SHORT_CODES).getCountry_iso2()));
    report.check(
        "DELETE " + POOL + "Shortcode/{shortcode}/",
        () -> {
          pack.remove_shortcode().shortcode(code).delete();
          Expect.gone(() -> pack.find_shortcode().shortcode(code).get());
        });
  }
}
