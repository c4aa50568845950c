import com.fasterxml.jackson.databind.ObjectMapper;
import com.plivo.api.xml.Conference;
import com.plivo.api.xml.Dial;
import com.plivo.api.xml.Dtmf;
import com.plivo.api.xml.GetDigits;
import com.plivo.api.xml.GetInput;
import com.plivo.api.xml.Hangup;
import com.plivo.api.xml.Message;
import com.plivo.api.xml.MultiPartyCall;
import com.plivo.api.xml.Number;
import com.plivo.api.xml.Play;
import com.plivo.api.xml.PlivoXml;
import com.plivo.api.xml.PreAnswer;
import com.plivo.api.xml.Record;
import com.plivo.api.xml.Redirect;
import com.plivo.api.xml.Response;
import com.plivo.api.xml.ResponseNestable;
import com.plivo.api.xml.Speak;
import com.plivo.api.xml.Stream;
import com.plivo.api.xml.Wait;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Documents of a voice application as the SDK's own builders write them, with (nearly) every attribute that they have. Arguments: the URL of a
 * stream's application, two numbers (ours and one to dial), and `name=URL` for each document that is wanted, with the URL of the
 * application that it is for. Prints an object of JSON: name to document.
 */
public final class Documents {
  private final String app;
  private final String stream;
  private final String own;
  private final String callee;

  private Documents(String app, String stream, String own, String callee) {
    this.app = app;
    this.stream = stream;
    this.own = own;
    this.callee = callee;
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> written = new LinkedHashMap<>();
    for (String wanted : List.of(args).subList(3, args.length)) {
      int equals = wanted.indexOf('=');
      String name = wanted.substring(0, equals);
      written.put(name, new Documents(wanted.substring(equals + 1), args[0], args[1], args[2]).named(name).toXmlString());
    }
    System.out.println(new ObjectMapper().writeValueAsString(written));
  }

  private PlivoXml named(String name) throws Exception {
    switch (name) {
      case "conference":
        return of(conference());
      case "multiparty":
        return of(multiPartyCall());
      case "stream":
        return of(streamed(), new Play(app + "/next.wav").loop(1));
      case "input":
        return of(input(), new Speak("Nothing was entered."));
      case "digits":
        return of(digits(), new Speak("Nothing was pressed."));
      case "dial":
        return of(dial());
      case "record":
        return of(record(), new Play(app + "/next.wav"));
      case "speech":
        return speech();
      default:
        return small();
    }
  }

  private static Response of(ResponseNestable... elements) throws Exception {
    return new Response().children(elements);
  }

  private Conference conference() {
    return new Conference("java standup")
        .muted(false)
        .enterSound("beep:1")
        .exitSound("beep:2")
        .startConferenceOnEnter(false)
        .endConferenceOnExit(false)
        .stayAlone(true)
        .waitSound(app + "/hold")
        .maxMembers(5)
        .record(true)
        .recordFileFormat("wav")
        .timeLimit(600)
        .hangupOnStar(true)
        .action(app + "/left")
        .method("POST")
        .callbackUrl(app + "/room")
        .callbackMethod("POST")
        .digitsMatch("42")
        .floorEvent(false)
        .redirect(true)
        .relayDtmf(true);
  }

  private MultiPartyCall multiPartyCall() {
    return new MultiPartyCall("java meeting", "Agent")
        .maxDuration(600)
        .maxParticipants(5)
        .recordMinMemberCount(1)
        .waitMusicUrl(app + "/hold")
        .waitMusicMethod("GET")
        .agentHoldMusicUrl(app + "/hold")
        .agentHoldMusicMethod("GET")
        .customerHoldMusicUrl(app + "/hold")
        .customerHoldMusicMethod("GET")
        .record(true)
        .recordFileFormat("wav")
        .recordingCallbackUrl(app + "/recording")
        .recordingCallbackMethod("POST")
        .statusCallbackUrl(app + "/status")
        .statusCallbackMethod("POST")
        .statusCallbackEvents(List.of("mpc-state-changes", "participant-state-changes", "participant-digit-input-events"))
        .stayAlone(true)
        .coachMode(false)
        .mute(false)
        .hold(false)
        .startMpcOnEnter(true)
        .endMpcOnExit(true)
        .enterSound("beep:1")
        .enterSoundMethod("GET")
        .exitSound("none")
        .exitSoundMethod("GET")
        .onExitActionUrl(app + "/left")
        .onExitActionMethod("POST")
        .relayDtmfInputs(false)
        .startRecordingAudio(app + "/begins.wav")
        .startRecordingAudioMethod("GET")
        .stopRecordingAudio(app + "/ends.wav")
        .stopRecordingAudioMethod("GET");
  }

  private Stream streamed() {
    return new Stream(stream)
        .bidirectional(true)
        .audioTrack("inbound")
        .streamTimeout(60)
        .statusCallbackUrl(app + "/stream")
        .statusCallbackMethod("POST")
        .contentType("audio/x-mulaw;rate=8000")
        .extraHeaders("room=7,floor=2")
        .keepCallAlive(true);
  }

  private GetInput input() {
    return new GetInput()
        .action(app + "/said")
        .method("POST")
        .inputType("dtmf speech")
        .executionTimeout(20)
        .digitEndTimeout(5)
        .speechEndTimeout(2)
        .finishOnKey("#")
        .numDigits(4)
        .speechModel("default")
        .hints("sales, support")
        .language("en-US")
        .interimSpeechResultsCallback(app + "/interim")
        .interimSpeechResultsCallbackMethod("POST")
        .redirect(true)
        .log(true)
        .profanityFilter(false)
        .children(new Speak("Enter your code."), new Play(app + "/ask.wav"));
  }

  private GetDigits digits() {
    return new GetDigits()
        .action(app + "/menu")
        .method("GET")
        .timeout(10)
        .digitTimeout(3)
        .finishOnKey("#")
        .numDigits(2)
        .retries(2)
        .redirect(true)
        .validDigits("123")
        .playBeep(true)
        .invalidDigitsSound(app + "/no.wav")
        .log(true)
        .children(new Play(app + "/ask.wav"), new Speak("Press two keys."));
  }

  private Dial dial() {
    return new Dial()
        .action(app + "/done")
        .method("POST")
        .hangupOnStar(false)
        .timeLimit(600)
        .timeout(20)
        .callerId(own)
        .callerName("Java")
        .confirmSound(app + "/confirm")
        .confirmTimeout("20")
        .confirmKey("5")
        .dialMusic("real")
        .callbackUrl(app + "/legs")
        .callbackMethod("POST")
        .redirect(true)
        .digitsMatch("11")
        .digitsMatchBLeg("99")
        .sipHeaders("Ticket=A17")
        .children(new Number(callee).sendDigits("w42").sendOnPreanswer(false));
  }

  private Record record() {
    return new Record(app + "/recorded")
        .method("POST")
        .fileFormat("wav")
        .redirect(false)
        .timeout(10)
        .maxLength(20)
        .playBeep(true)
        .finishOnKey("*")
        .recordSession(false)
        .startOnDialAnswer(false)
        .callbackUrl(app + "/file")
        .callbackMethod("POST")
        .recordChannelType("mono");
  }

  private Response speech() throws Exception {
    Speak speak = new Speak("Code ").voice("Polly.Joanna").language("en-US").loop(1);
    speak
        .addSayAs("4711", "digits")
        .addBreak("strong", "400ms")
        .addEmphasis("now", "strong")
        .addProsody("slowly", "loud", "slow", "low")
        .addSub("km", "kilometres")
        .continueSpeak(" and a last word.");
    return of(new PreAnswer().children(new Speak("Please hold."), new Wait().length(1)), speak);
  }

  private Response small() throws Exception {
    return of(
        new Wait().length(1).silence(false),
        new Message(own, callee, "Your ticket is open").type("sms").callbackUrl(app + "/delivery").callbackMethod("POST"),
        new Dtmf("42"),
        new Hangup().schedule(60),
        new Redirect(app + "/next").method("POST"));
  }
}
