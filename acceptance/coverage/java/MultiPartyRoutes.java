import com.plivo.api.models.multipartycall.MultiPartyCall;
import com.plivo.api.models.multipartycall.MultiPartyCallParticipant;
import com.plivo.api.models.multipartycall.MultiPartyCallUtils;
import java.util.List;

/** Multiparty calls and their participants. */
final class MultiPartyRoutes {
  private static final String MPC = "MultiPartyCall/{mpc_id}/";
  private static final String PARTICIPANT = MPC + "Participant/{participant_id}/";
  private static final String MEMBER = MPC + "Member/{participant_id}/";
  /** What is only known at the end. */
  private static final String[] LATER = {"billed_amount", "billed_duration", "duration", "end_time", "termination_cause", "termination_cause_code"};

  private static final String[] PARTICIPANT_LATER = {"billed_amount", "billed_duration", "duration", "exit_cause", "exit_time"};
  private final String name = "java-" + World.RUN;
  private final Report report;

  MultiPartyRoutes(Report report) {
    this.report = report;
  }

  void run() {
    String mpc;
    try {
      mpc = MultiPartyCallUtils.friendlyName(name);
    } catch (com.plivo.api.exceptions.PlivoValidationException unexpected) {
      throw new IllegalStateException(unexpected);
    }
    String agent = agent(mpc);
    multiPartyCall(mpc);
    participant(mpc, agent);
    recordings(mpc, agent);
    sounds(mpc, agent);
    ending(mpc, agent);
  }

  private static List<MultiPartyCallParticipant> participants(String mpc) throws Exception {
    return MultiPartyCall.participantList(mpc).list().getObjects();
  }

  /** An agent who waits for the call to begin. */
  private String agent(String mpc) {
    return report.route(
        "POST " + MPC + "Participant/",
        () -> {
          var adder = MultiPartyCall.addParticipant(mpc, "agent", World.NUMBER, List.of(World.PHONE)).startMpcOnEnter(false).stayAlone(true);
          var added = Expect.filled(adder.update());
          Expect.equal("add participant action initiated", added.getMessage());
          var call = Expect.filled(Expect.only(added.getCalls()));
          Expect.equal(World.PHONE, call.getTo());
          Expect.equal(added.getRequestUuid(), call.getCallUuid());
          return World.eventually(
              "the agent",
              () ->
                  participants(mpc).stream()
                      .filter((one) -> call.getCallUuid().equals(one.getCallUuid()))
                      .map(MultiPartyCallParticipant::getMemberId)
                      .findFirst()
                      .orElse(null));
        });
  }

  private void multiPartyCall(String mpc) {
    report.check(
        "POST " + MPC,
        () -> {
          Expect.equal("Initialized", MultiPartyCall.getter(mpc).get().getStatus());
          Expect.equal(null, MultiPartyCall.starter(mpc).update());
          World.becomes("Active", () -> MultiPartyCall.getter(mpc).get().getStatus());
        });
    report.check(
        "GET " + MPC,
        () -> {
          String[] notYet = java.util.Arrays.copyOf(LATER, LATER.length + 1);
          notYet[LATER.length] = "sub_account";
          MultiPartyCall found = Expect.filled(MultiPartyCall.getter(mpc).get(), notYet);
          Expect.equal(name, found.getFriendlyName());
          Expect.equal("true", found.getStayAlone());
          Expect.matches(Expect.TIME, found.getStartTime());
          Expect.equal(found.getMpcUuid(), found.get().getMpcUuid());
        });
    report.check(
        "GET MultiPartyCall/",
        () -> {
          MultiPartyCall found = Expect.only(MultiPartyCall.lister().friendlyName(name).status("active").list().getObjects());
          Expect.equal(name, found.getFriendlyName());
        });
  }

  private void participant(String mpc, String agent) {
    report.check(
        "POST " + PARTICIPANT,
        () -> {
          var changed = Expect.filled(MultiPartyCall.participantUpdater(mpc, agent).mute(true).hold(false).update(), "message", "coach_mode");
          Expect.that(changed.getMute().contains("succeeded"), changed.getMute());
        });
    report.check(
        "GET " + PARTICIPANT,
        () -> {
          var found = Expect.filled(MultiPartyCall.participantGetter(mpc, agent).get(), PARTICIPANT_LATER);
          Expect.equal(agent, found.getMemberId());
          Expect.equal("agent", found.getRole().toLowerCase());
          Expect.equal(true, found.getMute());
          Expect.equal(World.PHONE, found.getmemberAddress());
        });
    report.check(
        "GET " + MPC + "Participant/",
        () -> Expect.equal(agent, Expect.part(Expect.only(participants(mpc)), PARTICIPANT_LATER).getMemberId()));
  }

  private void recordings(String mpc, String agent) {
    report.check(
        "POST " + MPC + "Record/",
        () -> {
          var started = Expect.filled(MultiPartyCall.recordStarter(mpc).fileFormat("wav").update());
          Expect.that(started.getRecordingUrl().contains(started.getRecordingId()), started.getRecordingUrl());
        });
    report.check("POST " + MPC + "Record/Pause/", () -> {
          Expect.equal(null, MultiPartyCall.recordPause(mpc).update());
          World.becomes("paused", () -> MultiPartyCall.getter(mpc).get().getRecording());
        });
    report.check("POST " + MPC + "Record/Resume/", () -> {
          Expect.equal(null, MultiPartyCall.recordResume(mpc).update());
          World.becomes("recording", () -> MultiPartyCall.getter(mpc).get().getRecording());
        });
    report.check("DELETE " + MPC + "Record/", () -> MultiPartyCall.recordStopper(mpc).delete());
    report.check(
        "POST " + PARTICIPANT + "Record/",
        () -> {
          var started = Expect.filled(MultiPartyCall.participantRecordStarter(mpc, agent).fileFormat("mp3").update());
          Expect.that(started.getRecordingUrl().contains(started.getRecordingId()), started.getRecordingUrl());
        });
    report.check(
        "POST " + PARTICIPANT + "Record/Pause/", () -> Expect.equal(null, MultiPartyCall.participantRecordPause(mpc, agent).update()));
    report.check(
        "POST " + PARTICIPANT + "Record/Resume/", () -> Expect.equal(null, MultiPartyCall.participantRecordResume(mpc, agent).update()));
    report.check("DELETE " + PARTICIPANT + "Record/", () -> MultiPartyCall.participantRecordStopper(mpc, agent).delete());
  }

  private void sounds(String mpc, String agent) {
    report.check(
        "POST " + MEMBER + "Play/",
        () -> {
          // The SDK reads `mpc_member_id` and `mpc_name`; what is sent, and in its own tests, is `mpcMemberId` and `mpcName`.
          var played = MultiPartyCall.startPlayAudio(mpc, agent).url(World.stage("/media/tone.wav")).update();
          Expect.equal("play queued into MPC", Expect.filled(played, "mpc_member_id").getMessage());
        });
    report.check("DELETE " + MEMBER + "Play/", () -> MultiPartyCall.stopPlayAudio(mpc, agent).delete());
  }

  private void ending(String mpc, String agent) {
    report.check(
        "DELETE " + PARTICIPANT,
        () -> {
          MultiPartyCall.addParticipant(mpc, "customer", World.NUMBER, List.of(World.PHONE_2)).stayAlone(true).update();
          World.eventually("the customer", () -> participants(mpc).size() == 2 ? true : null);
          MultiPartyCall.participantKicker(mpc, agent).delete();
          World.becomes("1", () -> String.valueOf(participants(mpc).size()));
        });
    report.check(
        "DELETE " + MPC,
        () -> {
          String uuid = MultiPartyCall.getter(mpc).get().getId();
          // Durations are whole seconds: what lasts less than half a one has none.
          Thread.sleep(1_000);
          MultiPartyCall.stopper(mpc).delete();
          World.becomes("Ended", () -> MultiPartyCall.getter(uuid).get().getStatus());
          MultiPartyCall ended = Expect.filled(MultiPartyCall.getter(uuid).get(), "sub_account", "recording");
          Expect.that(ended.getDuration() > 0, "the duration is " + ended.getDuration() + " from " + ended.getStartTime());
          Expect.equal(3000L, ended.getTerminationCauseCode());
        });
  }
}
