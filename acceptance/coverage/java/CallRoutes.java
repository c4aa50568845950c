import com.plivo.api.models.call.Call;
import com.plivo.api.models.call.CallDirection;
import com.plivo.api.models.call.CallStatus;
import com.plivo.api.models.call.LegSpecifier;
import com.plivo.api.models.call.LiveCall;
import com.plivo.api.models.call.QueuedCall;
import com.plivo.api.models.callfeedback.CallFeedback;
import com.plivo.api.models.recording.Recording;
import java.util.ArrayList;
import java.util.List;

/** Calls, what is done to them, their streams and recordings. */
final class CallRoutes {
  private static final String CALL = "Call/{call_uuid}/";
  /** More than the account starts in a second. */
  private static final int CALLS_AT_ONCE = 8;
  private final Report report;

  CallRoutes(Report report) {
    this.report = report;
  }

  void run() {
    queued();
    String id = begin();
    live(id);
    actions(id);
    streams(id);
    recordings(id);
    end(id);
  }

  /** Calls a phone whose call then stays in what the answer URL says. Gives the call's id when it is in progress. */
  static String answered(String phone, String answerPath) throws Exception {
    var made = Call.creator(World.NUMBER, List.of(phone), World.stage(answerPath)).create();
    String id = Expect.matches(Expect.UUID, Expect.filled(made).getRequestUuid());
    Expect.matches("call (fired|queued)", made.getMessage());
    World.eventually("the call", () -> LiveCall.listGetter().get().getCalls().contains(id) ? id : null);
    World.eventually("the answer", () -> LiveCall.getter(id).get().getCallStatus() == CallStatus.IN_PROGRESS ? id : null);
    return id;
  }

  private void queued() {
    List<String> requests = new ArrayList<>();
    String id =
        report.route(
            "GET Call/?status=queued",
            () -> {
              for (int n = 0; n < CALLS_AT_ONCE; n += 1) {
                var made = Call.creator(World.NUMBER, List.of(World.PHONE_3), World.stage("/xml/wait")).create();
                requests.add(made.getRequestUuid());
              }
              var list = Expect.filled(QueuedCall.listGetter().get());
              String last = requests.get(requests.size() - 1);
              Expect.that(list.getCalls().contains(last), "the last call is not queued");
              return last;
            });
    report.check(
        "GET " + CALL + "?status=queued",
        () -> {
          QueuedCall call = Expect.filled(QueuedCall.getter(id).get(), "caller_name");
          Expect.equal(id, call.getCallUuid());
          Expect.equal(CallStatus.QUEUED, call.getCallStatus());
          Expect.equal(CallDirection.OUTBOUND, call.getDirection());
          Expect.equal(World.PHONE_3, call.getTo());
        });
    report.check(
        "DELETE Request/{request_uuid}/",
        () -> {
          Call.canceller(id).cancel();
          Expect.gone(() -> QueuedCall.getter(id).get());
          requests.remove(id);
        });
    for (String request : requests) report.check("DELETE " + CALL, () -> Call.deleter(request).delete());
  }

  private String begin() {
    return report.route("POST Call/", () -> answered(World.PHONE, "/xml/wait"));
  }

  private void live(String id) {
    report.check(
        "GET Call/?status=live",
        () -> {
          var list = Expect.filled(LiveCall.listGetter().get());
          Expect.that(list.getCalls().contains(id), "it is not listed");
        });
    report.check(
        "GET " + CALL + "?status=live",
        () -> {
          LiveCall call = Expect.filled(LiveCall.getter(id).get(), "caller_name");
          Expect.equal(id, call.getCallUuid());
          Expect.equal(CallStatus.IN_PROGRESS, call.getCallStatus());
          Expect.equal(CallDirection.OUTBOUND, call.getDirection());
          Expect.equal(World.NUMBER, call.getFrom());
          Expect.equal(World.PHONE, call.getTo());
          Expect.matches(Expect.TIME, call.getSessionStart());
        });
    report.check(
        "POST " + CALL,
        () -> {
          var moved = Call.transferrer(id).legs(LegSpecifier.ALEG).alegUrl(World.stage("/xml/wait?moved=1")).alegMethod("GET").transfer();
          Expect.equal("call transferred", Expect.filled(moved).getMessage());
        });
  }

  private void actions(String id) {
    report.check(
        "POST " + CALL + "Play/",
        () -> {
          var played = Call.player(id, List.of(World.stage("/media/tone.wav"), World.stage("/media/tone.mp3"))).loop(true).play();
          Expect.equal("play started", Expect.filled(played).getMessage());
        });
    report.check("DELETE " + CALL + "Play/", () -> Call.playStopper(id).playStop());
    report.check(
        "POST " + CALL + "Speak/",
        () -> {
          var spoken = Call.speaker(id, "Hello from Java").speak();
          Expect.equal("speak started", Expect.filled(spoken).getMessage());
        });
    report.check("DELETE " + CALL + "Speak/", () -> Call.speakStopper(id).speakStop());
    report.check(
        "POST " + CALL + "DTMF/",
        () -> Expect.equal("digits sent", Expect.filled(Call.digitSender(id, "12#").leg(LegSpecifier.ALEG).sendDigits()).getMessage()));
  }

  private void streams(String id) {
    String stream =
        report.route(
            "POST " + CALL + "Stream/",
            () -> {
              var started =
                  Call.streamer(id, World.required("COVERAGE_STREAM"))
                      .bidirectional(true)
                      .audioTrack("inbound")
                      .contentType("audio/x-mulaw;rate=8000")
                      .statusCallbackUrl(World.stage("/webhook/stream"))
                      .stream();
              Expect.equal("audio streaming started", Expect.filled(started).getMessage());
              return Expect.matches(Expect.UUID, started.getStreamId());
            });
    report.check(
        "GET " + CALL + "Stream/{stream_id}/",
        () -> {
          // It has a start once the application has taken it.
          World.eventually("a start of the stream", () -> Call.streamGetSpecific(id, stream).get().getStartTime());
          var found = Expect.filled(Call.streamGetSpecific(id, stream).get(), "end_time");
          Expect.equal(stream, found.getStreamId());
          Expect.equal(id, found.getCallUuid());
          Expect.equal("true", found.getBidirectional());
          Expect.matches(Expect.TIME, found.getStartTime());
        });
    report.check(
        "GET " + CALL + "Stream/",
        () -> Expect.equal(stream, Expect.part(Expect.only(Expect.listed(Call.streamGetter(id).list())), "end_time").getStreamId()));
    report.check(
        "DELETE " + CALL + "Stream/{stream_id}/",
        () -> {
          Call.streamStopSpecific(id, stream).stop();
          World.becomes("completed", () -> Call.streamGetSpecific(id, stream).get().getStatus());
        });
    report.check(
        "DELETE " + CALL + "Stream/",
        () -> {
          String other = Call.streamer(id, World.required("COVERAGE_STREAM")).stream().getStreamId();
          Call.streamStopper(id).stop();
          World.becomes("completed", () -> Call.streamGetSpecific(id, other).get().getStatus());
        });
  }

  private void recordings(String id) {
    String recording =
        report.route(
            "POST " + CALL + "Record/",
            () -> {
              var started = Call.recorder(id).fileFormat("wav").callbackUrl(World.stage("/webhook/recording")).record();
              Expect.equal("call recording started", Expect.filled(started).getMessage());
              Expect.that(started.getUrl().contains(started.getRecordingId()), started.getUrl());
              Thread.sleep(1_000);
              return started.getRecordingId();
            });
    report.check("DELETE " + CALL + "Record/", () -> Call.recordStopper(id).recordStop());
    String[] notEvery = {"conference_name"};
    report.check(
        "GET Recording/{recording_id}/",
        () -> {
          Recording found = World.eventually("the recording", () -> World.ifFound(() -> Recording.getter(recording).get()));
          Expect.filled(found, notEvery);
          Expect.equal(id, found.getCallUuid());
          Expect.equal("wav", found.getRecordingFormat());
          Expect.that(Double.parseDouble(found.getRecordingDurationMs()) > 500, found.getRecordingDurationMs());
          Expect.matches(Expect.TIME, found.getAddTime());
        });
    report.check(
        "GET Recording/",
        () -> {
          Recording found = Expect.only(Expect.listed(Recording.lister().callUuid(id).list()));
          Expect.equal(recording, Expect.part(found, notEvery).getRecordingId());
        });
    report.check(
        "DELETE Recording/{recording_id}/",
        () -> {
          Recording.deleter(recording).delete();
          Expect.gone(() -> Recording.getter(recording).get());
        });
  }

  private void end(String id) {
    report.check("DELETE " + CALL, () -> Call.deleter(id).delete());
    report.check(
        "GET " + CALL,
        () -> {
          Expect.that(id != null, "there is no call");
          Call call = World.eventually("the record of the call", () -> World.ifFound(() -> Call.getter(id).get()));
          Expect.filled(call, "parent_call_uuid", "cnam_lookup", "voice_network_group");
          Expect.equal(CallDirection.OUTBOUND, call.getCallDirection());
          Expect.equal(World.NUMBER, call.getFromNumber());
          Expect.equal(World.PHONE, call.getToNumber());
          Expect.that(call.getCallDuration() > 0 && call.getBilledDuration() % 60 == 0, "durations");
          Expect.equal(4000, call.getHangupCauseCode() / 10 * 10);
          Expect.matches(Expect.TIME, call.getEndTime());
          Expect.matches(Expect.AMOUNT, call.getTotalAmount());
        });
    report.check(
        "GET Call/",
        () -> {
          var calls = Expect.listed(Call.lister().toNumber(World.PHONE).callDirection(CallDirection.OUTBOUND).limit(5).list());
          Expect.that(calls.stream().anyMatch((one) -> one.getCallUuid().equals(id)), "it is not listed");
        });
    report.check(
        "POST /v1/Call/{call_uuid}/Feedback/",
        () -> Expect.filled(CallFeedback.creator(id, 4F).issues(List.of("AUDIO_LAG")).notes("A little late").create()));
  }
}
