// Prints documents that the SDK's own builders write, as JSON: name → XML.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/plivo/plivo-go/v7/xml"
)

func response(elements ...interface{}) string {
	return xml.ResponseElement{Contents: elements}.String()
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: documents <URL of the application> <URL of the WebSocket server> <number to dial>")
	}
	app, stream, callee := os.Args[1], os.Args[2], os.Args[3]
	play := func(name string) xml.PlayElement { return new(xml.PlayElement).SetContents(app + "/" + name) }
	room := func() xml.ConferenceElement {
		return new(xml.ConferenceElement).SetContents("standup").SetEnterSound("").SetMuted(false).SetMaxMembers(5).SetTimeLimit(120).
			SetRecord(false).SetHangupOnStar(false).SetRelayDTMF(true).SetCallbackUrl(app + "/room").SetCallbackMethod("POST")
	}
	meeting := func(role string) xml.MultiPartyCallElement {
		return new(xml.MultiPartyCallElement).SetRole(role).SetContents("support").SetMaxDuration(600).SetMaxParticipants(4).SetStayAlone(true).
			SetMute(false).SetHold(false).SetCoachMode(false).SetStartMpcOnEnter(true).SetEndMpcOnExit(false).SetEnterSound("none").SetExitSound("none").
			SetRecord(false).SetRecordFileFormat("wav").SetRelayDtmfInputs(true).SetStatusCallbackUrl(app + "/meeting").SetStatusCallbackMethod("POST").
			SetStatusCallbackEvents("mpc-state-changes,participant-state-changes").SetOnExitActionUrl(app + "/left").SetOnExitActionMethod("POST")
	}
	documents := map[string]string{
		"guest": response(room().SetStartConferenceOnEnter(false).SetWaitSound(app + "/hold").SetAction(app + "/left").SetMethod("POST").SetRedirect(true)),
		"moderator": response(
			new(xml.HangupElement).SetSchedule(60),
			room().SetStartConferenceOnEnter(true).SetEndConferenceOnExit(true).SetStayAlone(true).SetFloorEvent(true).SetDigitsMatch("42"),
		),
		"customer": response(meeting("Customer")),
		"agent": response(meeting("Agent").SetAgentHoldMusicUrl(app + "/music").SetAgentHoldMusicMethod("POST").
			SetCustomerHoldMusicUrl(app + "/music").SetCustomerHoldMusicMethod("GET")),
		"stream": response(
			new(xml.StreamElement).SetContents(stream).SetBidirectional(true).SetKeepCallAlive(true).SetStreamTimeout(600).
				SetContentType("audio/x-l16;rate=16000").SetExtraHeaders("room=7").SetStatusCallbackUrl(app+"/stream").SetStatusCallbackMethod("POST"),
			new(xml.RedirectElement).SetMethod("GET").SetContents(app+"/after"),
		),
		"input": response(
			new(xml.GetInputElement).SetAction(app + "/said").SetMethod("POST").SetInputType("dtmf speech").SetExecutionTimeout(20).SetDigitEndTimeout(2).
				SetSpeechEndTimeout(2).SetFinishOnKey("#").SetNumDigits(4).SetSpeechModel("default").SetHints("sales, support").SetLanguage("en-US").
				SetInterimSpeechResultsCallback(app + "/interim").SetInterimSpeechResultsCallbackMethod("POST").SetLog(true).SetProfanityFilter(false).
				SetRedirect(true).SetContents([]interface{}{
				new(xml.SpeakElement).AddSpeak("Tell us your number.").SetLanguageVoice("en-US", "WOMAN").SetLoop(1),
				play("ask.wav").SetLoop(1),
			}),
		),
		"dial": response(
			new(xml.SpeakElement).AddSpeak("Your code is").SetLanguageVoice("en-US", "Polly.Joanna").AddSayAs("4711", "digits", "").
				AddBreak("weak", "400ms").AddProsody("slowly", "loud", "slow", ""),
			new(xml.WaitElement).SetLength(1).SetBeep(false),
			new(xml.DialElement).SetAction(app+"/dialled").SetMethod("POST").SetTimeout(20).SetTimeLimit(60).SetHangupOnStar(false).SetRedirect(true).
				SetCallbackUrl(app+"/legs").SetCallbackMethod("POST").SetSipHeaders("Order=17").SetContents([]interface{}{
				new(xml.NumberElement).SetContents(callee).SetSendDigits("ww42#").SetSendOnPreanswer(false),
			}),
		),
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(documents); err != nil {
		log.Fatal(err)
	}
}
