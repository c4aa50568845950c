import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.plivo.api.Plivo;
import com.plivo.api.models.multipartycall.MultiPartyCall;
import com.plivo.api.models.multipartycall.MultiPartyCallParticipant;
import com.plivo.api.models.node.MultiPartyCallUpdater;
import com.plivo.api.models.phlo.Phlo;
import java.util.List;
import java.util.Map;

/** PHLOs: the operator makes one, the SDK runs it and acts on the multiparty call that it leads to. */
final class PhloRoutes {
  private static final String NODE = "/v1/phlo/{phlo_id}/{node_type}/{node_id}";
  private static final String NAME = "desk-" + World.RUN;
  private static final String ROOM = "name_" + NAME;
  private final Report report;

  PhloRoutes(Report report) {
    this.report = report;
  }

  void run() {
    JsonNode made = report.route("GET /v1/phlo/{phlo_id}/", this::made);
    String id = made == null ? null : made.path("phlo_id").asText();
    String node = made == null ? null : made.path("nodes").path(0).path("node_id").asText();
    String run =
        report.route(
            "POST /v1/account/{auth_id}/phlo/{phlo_id}",
            () -> {
              var begun = Expect.filled(Phlo.updater(id).payload(Map.of("to", World.PHONE, "name", NAME)).run(), "error");
              Expect.equal("1 call fired", begun.getMessage());
              Expect.equal(id, begun.getPhloId());
              World.eventually("the member", () -> addresses().contains(World.PHONE) ? true : null);
              return Expect.matches(Expect.UUID, begun.getPhloRunId());
            });
    report.check(
        "GET /v1/phlo/{phlo_id}/runs/{run_id}",
        () -> {
          var found = Expect.filled(Phlo.phloRunGetter(id, run).get(), "message_uuids", "recording_ids");
          Expect.equal(run, found.getRunId());
          Expect.matches(Expect.UUID, Expect.only(found.getCallUUIDs()));
          Expect.equal(List.of(), found.getMessageUUIDs());
        });
    room(id, node);
    ending(id);
  }

  private JsonNode made() throws Exception {
    String xml = "<Response><MultiPartyCall role=\"agent\" stayAlone=\"true\">{{name}}</MultiPartyCall></Response>";
    var wanted = Map.of("account", Plivo.getClient().getAuthId(), "name", NAME, "from", World.NUMBER, "xml", xml);
    JsonNode made = World.operator("POST", "phlos", new ObjectMapper().writeValueAsString(wanted));
    Phlo found = Expect.filled(Phlo.getter(made.path("phlo_id").asText()).get(), "run_id");
    Expect.equal(NAME, found.getName());
    Expect.matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\+00:00", found.getCreatedOn());
    return made;
  }

  private static List<String> addresses() throws Exception {
    var participants = World.ifFound(() -> MultiPartyCall.participantList(ROOM).list().getObjects());
    return participants == null ? List.of() : participants.stream().map(MultiPartyCallParticipant::getmemberAddress).toList();
  }

  private static void done(MultiPartyCallUpdater updater) throws Exception {
    var answer = updater.update();
    Expect.matches(Expect.UUID, answer.getApiId());
    Expect.equal("", answer.getError());
  }

  private void room(String id, String node) {
    report.check(
        "GET " + NODE + "/",
        () -> {
          var found = Expect.filled(com.plivo.api.models.node.MultiPartyCall.getter(id, node).get());
          Expect.equal(node, found.getNodeId());
          Expect.equal("multi_party_call", found.getNodeType());
          Expect.equal("{{name}}", found.getName());
        });
    report.check(
        "POST " + NODE,
        () -> {
          done(com.plivo.api.models.node.MultiPartyCall.updater(id, node).triggerSource(World.PHONE).to(World.PHONE_2).role("customer").call());
          World.eventually("who was called", () -> addresses().contains(World.PHONE_2) ? true : null);
        });
    report.check(
        "POST " + NODE + "/members/{member_address}",
        () -> {
          done(com.plivo.api.models.node.MultiPartyCall.updater(id, node).member(World.PHONE_2).hold());
          Expect.that(participant(World.PHONE_2).getHold(), "it is not on hold");
          done(com.plivo.api.models.node.MultiPartyCall.updater(id, node).member(World.PHONE_2).unhold());
          done(com.plivo.api.models.node.MultiPartyCall.updater(id, node).member(World.PHONE_2).hangup());
          World.eventually("the end of the member", () -> addresses().contains(World.PHONE_2) ? null : true);
        });
  }

  private static MultiPartyCallParticipant participant(String address) throws Exception {
    return MultiPartyCall.participantList(ROOM).list().getObjects().stream()
        .filter((one) -> address.equals(one.getmemberAddress()))
        .findFirst()
        .orElseThrow();
  }

  private void ending(String id) {
    report.check("DELETE MultiPartyCall/{mpc_id}/", () -> MultiPartyCall.stopper(ROOM).delete());
    report.check("GET /v1/phlo/{phlo_id}/", () -> World.operator("DELETE", "phlos/" + id, null));
  }
}
