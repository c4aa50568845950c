import com.plivo.api.models.application.Application;
import com.plivo.api.models.endpoint.Endpoint;

/** Applications and SIP endpoints. */
final class ApplicationRoutes {
  private final Report report;

  ApplicationRoutes(Report report) {
    this.report = report;
  }

  void run() {
    String name = World.named("app");
    var made =
        report.route(
            "POST Application/",
            () ->
                Expect.filled(
                    Application.creator(name)
                        .answerUrl(World.stage("/xml/wait"))
                        .hangupUrl(World.stage("/webhook/hangup"))
                        .fallbackAnswerUrl(World.stage("/xml/wait"))
                        .messageUrl(World.stage("/webhook/message"))
                        .publicUri(false)
                        .create()));
    report.check(
        "POST Application/{app_id}/",
        () -> Expect.equal("changed", Expect.filled(Application.updater(made.getAppId()).answerMethod("GET").update()).getMessage()));
    report.check(
        "GET Application/{app_id}/",
        () -> {
          Application application = Expect.filled(Application.getter(made.getAppId()).get(), "sub_account");
          Expect.equal(name, application.getAppName());
          Expect.equal("GET", application.getAnswerMethod());
          Expect.equal(World.stage("/xml/wait"), application.getAnswerUrl());
          Expect.equal(false, application.getPublicUri());
        });
    report.check(
        "GET Application/",
        () -> {
          Application found = Expect.only(Expect.listed(Application.lister().appName(name).list()));
          Expect.equal(made.getAppId(), Expect.part(found, "sub_account").getAppId());
        });
    endpoints(made == null ? null : made.getAppId());
    report.check(
        "DELETE Application/{app_id}/",
        () -> {
          Application.deleter(made.getAppId()).cascade(false).delete();
          Expect.gone(() -> Application.getter(made.getAppId()).get());
        });
  }

  private void endpoints(String appId) {
    String alias = World.named("phone");
    var made =
        report.route(
            "POST Endpoint/",
            () -> {
              var created = Expect.filled(Endpoint.creator("java" + World.RUN.toLowerCase(), "a-Passw0rd", alias).appId(appId).create());
              Expect.equal(alias, created.getAlias());
              Expect.matches("java" + World.RUN.toLowerCase() + "\\d+", created.getUsername());
              return created;
            });
    report.check(
        "POST Endpoint/{endpoint_id}/",
        () -> Expect.equal("changed", Expect.filled(Endpoint.updater(made.getEndpointId()).alias(alias + "!").update()).getMessage()));
    // Where nobody registered there is no contact.
    String[] empty = {"sip_contact", "sip_expires", "sip_user_agent", "sub_account"};
    report.check(
        "GET Endpoint/{endpoint_id}/",
        () -> {
          Endpoint endpoint = Expect.filled(Endpoint.getter(made.getEndpointId()).get(), empty);
          Expect.equal(alias + "!", endpoint.getAlias());
          Expect.equal("false", endpoint.getSipRegistered());
          Expect.that(endpoint.getApplication().contains(appId), endpoint.getApplication());
          Expect.that(endpoint.getSipUri().contains(endpoint.getUsername()), endpoint.getSipUri());
        });
    report.check(
        "GET Endpoint/",
        () -> {
          for (Endpoint one : Expect.listed(Endpoint.lister().limit(5).list())) Expect.part(one, empty);
        });
    report.check(
        "DELETE Endpoint/{endpoint_id}/",
        () -> {
          Endpoint.deleter(made.getEndpointId()).delete();
          Expect.gone(() -> Endpoint.getter(made.getEndpointId()).get());
        });
  }
}
