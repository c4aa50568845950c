import com.plivo.api.Plivo;
import com.plivo.api.models.account.Account;
import com.plivo.api.models.account.AccountType;
import com.plivo.api.models.account.Subaccount;
import com.plivo.api.models.token.Token;
import java.util.Base64;

/** Account, subaccounts and access tokens. */
final class AccountRoutes {
  private static final String SUBACCOUNT_ID = "SA[A-Z0-9]{18}";
  private final Report report;

  AccountRoutes(Report report) {
    this.report = report;
  }

  void run() {
    account();
    subaccounts();
    report.check(
        "POST JWT/Token/",
        () -> {
          var made = Expect.filled(Token.creator(Plivo.getClient().getAuthId()).sub("java").incoming_allow(true).createToken(), "message");
          String claims = new String(Base64.getUrlDecoder().decode(made.getToken().split("\\.")[1]));
          Expect.that(claims.contains("\"sub\":\"java\""), claims);
        });
  }

  private void account() {
    report.check(
        "POST /v1/Account/{auth_id}/",
        () -> Expect.equal("changed", Expect.filled(Account.updater().city("Austin").address("1 Main St").update()).getMessage()));
    report.check(
        "GET /v1/Account/{auth_id}/",
        () -> {
          Account account = Expect.filled(Account.getter().get(), "state");
          Expect.equal(Plivo.getClient().getAuthId(), account.getAuthId());
          Expect.equal("Austin", account.getCity());
          Expect.equal(AccountType.STANDARD, account.getAccountType());
          Expect.matches("-?" + Expect.AMOUNT, account.getCashCredits());
        });
  }

  private void subaccounts() {
    String name = World.named("sub");
    var made =
        report.route(
            "POST Subaccount/",
            () -> {
              var created = Expect.filled(Subaccount.creator(name).enabled(true).create());
              Expect.matches(SUBACCOUNT_ID, created.getAuthId());
              return created;
            });
    report.check(
        "POST Subaccount/{subauth_id}/",
        () -> Expect.equal("changed", Expect.filled(Subaccount.updater(made.getAuthId(), name + "!").enabled(false).update()).getMessage()));
    report.check(
        "GET Subaccount/{subauth_id}/",
        () -> {
          Subaccount subaccount = Expect.filled(Subaccount.getter(made.getAuthId()).get());
          Expect.equal(name + "!", subaccount.getName());
          Expect.equal(false, subaccount.getEnabled());
          Expect.equal(made.getAuthToken(), subaccount.getAuthToken());
        });
    report.check(
        "GET Subaccount/",
        () -> {
          for (Subaccount one : Expect.listed(Subaccount.lister().limit(5).offset(0).list())) Expect.part(one);
        });
    report.check(
        "DELETE Subaccount/{subauth_id}/",
        () -> {
          Subaccount.deleter(made.getAuthId()).cascade(true).delete();
          Expect.gone(() -> Subaccount.getter(made.getAuthId()).get());
        });
  }
}
