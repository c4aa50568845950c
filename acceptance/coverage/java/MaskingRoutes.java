import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.plivo.api.models.maskingsession.MaskingSession;
import java.util.List;

/** Masking sessions. The SDK gives most of these answers as text or as plain maps. */
final class MaskingRoutes {
  private final ObjectMapper json = new ObjectMapper();
  private final Report report;

  MaskingRoutes(Report report) {
    this.report = report;
  }

  void run() {
    String id =
        report.route(
            "POST Masking/Session/",
            () -> {
              var made = Expect.filled(MaskingSession.creator(World.PHONE, World.PHONE_2).sessionExpiry(600).create());
              Expect.matches("\\+?\\d{11}", made.getVirtualNumber());
              JsonNode session = json.valueToTree(made.getSession());
              Expect.equal(made.getSessionUuid(), session.path("session_uuid").asText());
              Expect.equal("active", session.path("status").asText());
              return Expect.matches(Expect.UUID, made.getSessionUuid());
            });
    report.check(
        "POST Masking/Session/{session_uuid}/",
        () -> {
          var changed = Expect.filled(MaskingSession.updater(id).ringTimeout(45).sessionExpiry(600).callTimeLimit(900).update());
          JsonNode session = json.valueToTree(changed.getSession());
          Expect.equal(45, session.path("ring_timeout").intValue());
        });
    report.check(
        "GET Masking/Session/{session_uuid}/",
        () -> {
          JsonNode answer = json.readTree(MaskingSession.getter(id).get());
          Expect.matches(Expect.UUID, answer.path("api_id").asText());
          JsonNode session = answer.path("response");
          Expect.equal(id, session.path("session_uuid").asText());
          Expect.equal("active", session.path("status").asText());
          Expect.equal(900, session.path("call_time_limit").intValue());
          for (String flag : List.of("record", "is_pin_authentication_required", "generate_pin")) {
            Expect.that(session.path(flag).isBoolean(), flag + " is no boolean");
          }
          Expect.that(session.path("interaction").isArray() || session.path("interaction").isNull(), "interaction");
        });
    report.check(
        "GET Masking/Session/",
        () -> {
          var page = MaskingSession.lister().status("active").limit(5).list();
          Expect.matches(Expect.UUID, page.getApiId());
          Expect.meta(page.getResponse().getMeta());
          JsonNode sessions = json.valueToTree(page.getResponse().getObjects());
          Expect.that(sessions.isArray() && sessions.toString().contains(id), "it is not listed");
        });
    report.check(
        "DELETE Masking/Session/{session_uuid}/",
        () -> {
          MaskingSession.deleter(id).delete();
          Expect.equal("expired", json.readTree(MaskingSession.getter(id).get()).path("response").path("status").asText());
        });
  }
}
