import com.plivo.api.models.call.CallDirection;
import com.plivo.api.models.conference.Conference;
import com.plivo.api.models.conference.ConferenceMemberActionResponse;
import com.plivo.api.models.conference.Member;
import java.util.List;

/** Conferences and their members. */
final class ConferenceRoutes {
  private static final String CONFERENCE = "Conference/{conference_name}/";
  private static final String MEMBER = CONFERENCE + "Member/{member_id}/";
  private final String room = "java-" + World.RUN;
  private final Report report;

  ConferenceRoutes(Report report) {
    this.report = report;
  }

  void run() {
    Member member =
        report.route(
            "GET " + CONFERENCE,
            () -> {
              for (String phone : List.of(World.PHONE, World.PHONE_2, World.PHONE_3)) {
                CallRoutes.answered(phone, "/xml/conference?name=" + room);
              }
              List<Member> members =
                  World.eventually("three members", () -> membersOf(room).size() == 3 ? membersOf(room) : null);
              Conference conference = Expect.filled(Conference.getter(room).get());
              Expect.equal("3", conference.getConferenceMemberCount());
              Expect.matches("\\d+", conference.getConferenceRunTime());
              for (Member one : members) Expect.filled(one, "caller_name");
              Expect.equal(CallDirection.OUTBOUND, members.get(0).getDirection());
              Expect.equal(false, members.get(0).getMuted());
              return members.get(0);
            });
    report.check(
        "GET Conference/",
        () -> Expect.that(Expect.filled(Conference.listGetter().get()).getConferences().contains(room), "it is not listed"));
    String id = member == null ? null : member.getMemberId();
    states(id);
    sounds(id);
    recording();
    leaving(id);
  }

  private static List<Member> membersOf(String room) throws Exception {
    Conference found = World.ifFound(() -> Conference.getter(room).get());
    return found == null ? List.of() : found.getMembers();
  }

  private Member member(String id) throws Exception {
    return membersOf(room).stream().filter((one) -> one.getMemberId().equals(id)).findFirst().orElseThrow();
  }

  private static void did(String message, String id, ConferenceMemberActionResponse answer) {
    Expect.equal(message, Expect.filled(answer).getMessage());
    Expect.equal(id, Expect.only(answer.getMemberId()));
  }

  private void states(String id) {
    report.check(
        "POST " + MEMBER + "Mute/",
        () -> {
          did("muted", id, Conference.memberMuter(room, id).mute());
          Expect.equal(true, member(id).getMuted());
        });
    report.check(
        "DELETE " + MEMBER + "Mute/",
        () -> {
          Conference.memberMuteStopper(room, id).stop();
          Expect.equal(false, member(id).getMuted());
        });
    report.check(
        "POST " + MEMBER + "Deaf/",
        () -> {
          did("deaf", id, Conference.memberDeafer(room, id).deaf());
          Expect.equal(true, member(id).getDeaf());
        });
    report.check(
        "DELETE " + MEMBER + "Deaf/",
        () -> {
          Conference.memberDeafStopper(room, id).stop();
          Expect.equal(false, member(id).getDeaf());
        });
  }

  private void sounds(String id) {
    report.check(
        "POST " + MEMBER + "Play/",
        () -> did("play queued into conference", id, Conference.memberPlayer(room, id, World.stage("/media/tone.wav")).play()));
    report.check("DELETE " + MEMBER + "Play/", () -> Conference.memberPlayStopper(room, id).stop());
    report.check(
        "POST " + MEMBER + "Speak/",
        () -> did("speak queued into conference", id, Conference.memberSpeaker(room, id, "Hello from Java, a long sentence.").speak()));
    report.check("DELETE " + MEMBER + "Speak/", () -> Conference.memberSpeakStopper(room, id).stop());
  }

  private void recording() {
    report.check(
        "POST " + CONFERENCE + "Record/",
        () -> {
          var started = Expect.filled(Conference.recorder(room).record());
          Expect.equal("conference recording started", started.getMessage());
          Expect.that(started.getUrl().contains(started.getRecordingId()), started.getUrl());
        });
    report.check("DELETE " + CONFERENCE + "Record/", () -> Conference.recordStopper(room).stop());
  }

  private void leaving(String id) {
    report.check(
        "POST " + MEMBER + "Kick/",
        () -> {
          did("kicked", id, Conference.memberKicker(room, id).kick());
          World.becomes("2", () -> String.valueOf(membersOf(room).size()));
        });
    report.check(
        "DELETE " + MEMBER,
        () -> {
          Conference.memberHangupper(room, membersOf(room).get(0).getMemberId()).hangup();
          World.becomes("1", () -> String.valueOf(membersOf(room).size()));
        });
    report.check(
        "DELETE " + CONFERENCE,
        () -> {
          Conference.deleter(room).delete();
          World.becomes("0", () -> String.valueOf(membersOf(room).size()));
        });
    report.check(
        "DELETE Conference/",
        () -> {
          CallRoutes.answered(World.PHONE, "/xml/conference?name=" + room + "-2");
          World.becomes("1", () -> String.valueOf(membersOf(room + "-2").size()));
          Conference.allDeleter().delete();
          World.becomes("0", () -> String.valueOf(membersOf(room + "-2").size()));
        });
  }
}
