import com.plivo.api.Plivo;

/** Calls every route that the SDK has; acceptance/coverage/README.md says what it finds and what it prints. */
public final class Coverage {
  private Coverage() {}

  public static void main(String[] args) {
    Plivo.init();
    Report report = new Report();
    new AccountRoutes(report).run();
    new ApplicationRoutes(report).run();
    new MessageRoutes(report).run();
    new NumberRoutes(report).run();
    new PowerpackRoutes(report).run();
    new RegistrationRoutes(report).run();
    new ComplianceRoutes(report).run();
    new VerifyRoutes(report).run();
    new MaskingRoutes(report).run();
    new CallRoutes(report).run();
    new ConferenceRoutes(report).run();
    new MultiPartyRoutes(report).run();
    new PhloRoutes(report).run();
    // The connection pool of the SDK would keep the program alive for five minutes.
    System.exit(report.allOk() ? 0 : 1);
  }
}
