package main

import (
	"net/http"
	"strings"

	"github.com/plivo/plivo-go/v7"
)

// calling starts a call with this document and waits until it is answered. Gives its id.
func (p *program) calling(from, to, document string) string {
	made := must(p.client.Calls.Create(plivo.CallCreateParams{From: from, To: to, AnswerURL: p.env.stage + document, AnswerMethod: "GET", CallerName: "Acme"}))
	id, isText := made.RequestUUID.(string)
	if !isText {
		fail("request_uuid is %#v", made.RequestUUID)
	}
	p.answered(id)
	return id
}

func (p *program) answered(id string) *plivo.LiveCall {
	return eventually("the answer", func() *plivo.LiveCall { return must(p.client.LiveCalls.Get(id)) },
		func(live *plivo.LiveCall) bool { return live.CallStatus == "in-progress" })
}

// over waits for the record of a call that has ended.
func (p *program) over(id string) *plivo.Call {
	return eventually("the record of the call", func() *plivo.Call { return must(p.client.Calls.Get(id)) },
		func(found *plivo.Call) bool { return found.CallUUID == id })
}

// What a call has only on an incoming trunk, in a conference or as the leg of another.
var unsetOfCall = []string{
	"ConferenceUUID", "ParentCallUUID", "StirAttestation", "VoiceNetworkGroup", "CnamLookup",
}

func calls(p *program) {
	service := p.client.Calls
	from, to := p.env.numbers[0], p.env.phones[0]
	var id string
	p.account("POST", "Call/", func() {
		made := must(service.Create(plivo.CallCreateParams{
			From: from, To: to, AnswerURL: p.env.stage + "/xml/wait", AnswerMethod: "GET", HangupURL: p.env.webhook("hangup"), HangupMethod: "POST",
			CallerName: "Acme", TimeLimit: 120, RingTimeout: 30, SipHeaders: "Order=17",
		}))
		filled(made)
		matches("message", made.Message, "^call (fired|queued)$")
		id, _ = made.RequestUUID.(string)
		matches("request_uuid", id, uuidForm)
	})
	p.proves("GET /v1/Account/{auth_id}/Call/{call_uuid}/?status=live", func() {
		live := p.answered(id)
		filled(live, "ParentCallUUID", "StirAttestation")
		equal("call_uuid, from, to, caller_name", [4]string{live.CallUUID, live.From, live.To, live.CallerName}, [4]string{id, from, to, "Acme"})
		equal("answer_url", live.AnswerURL, p.env.stage+"/xml/wait")
	})
	p.proves("GET /v1/Account/{auth_id}/Call/?status=live", func() {
		listed := must(p.client.LiveCalls.IDList(plivo.LiveCallFilters{CallDirection: "outbound", FromNumber: from, ToNumber: to}))
		matches("api_id", listed.APIID, uuidForm)
		contains("the call", listed.Calls, id)
		contains("the call", must(p.client.LiveCalls.IDList()).Calls, id)
		inbound := must(p.client.LiveCalls.IDList(plivo.LiveCallFilters{CallDirection: "inbound"}))
		isTrue("it is not among the inbound ones", !strings.Contains(strings.Join(inbound.Calls, " "), id))
	})
	p.account("POST", "Call/{call_uuid}/", func() {
		moved := must(service.Update(id, plivo.CallUpdateParams{Legs: "aleg", AlegURL: p.env.stage + "/xml/wait", AlegMethod: "GET"}))
		filled(moved)
		equal("message", moved.Message, "call transferred")
	})
	liveActions(p, func() string { return id })
	p.account("DELETE", "Call/{call_uuid}/", func() { done(service.Delete(id)) })
	isIt := func(found plivo.Call) {
		equal("call_uuid, from_number, to_number, call_direction",
			[4]string{found.CallUUID, found.FromNumber, found.ToNumber, found.CallDirection}, [4]string{id, from, to, "outbound"})
		equal("hangup_cause_name, hangup_source, call_state", [3]string{found.HangupCauseName, found.HangupSource, found.CallState},
			[3]string{"Normal Hangup", "API Request", "ANSWER"})
		equal("hangup_cause_code", found.HangupCauseCode, 4000)
		isTrue("it has a duration", found.BillDuration > 0 && found.CallDuration > 0 && found.BilledDuration == 60)
		matches("total_rate", found.TotalRate, amount)
		matches("total_amount", found.TotalAmount, amount)
		for _, at := range []string{found.InitiationTime, found.AnswerTime, found.EndTime} {
			matches("a time", at, timeForm)
		}
	}
	p.account("GET", "Call/{call_uuid}/", func() {
		found := p.over(id)
		filled(found, unsetOfCall...)
		isIt(*found)
	})
	p.account("GET", "Call/", func() {
		listed := must(service.List(plivo.CallListParams{
			CallDirection: "outbound", FromNumber: from, ToNumber: to, HangupSource: "API Request", Limit: 5,
		}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("limit, offset", [2]int64{listed.Meta.Limit, listed.Meta.Offset}, [2]int64{5, 0})
		found := one("the call", listed.Objects, func(each *plivo.Call) bool { return each.CallUUID == id })
		filled(found, unsetOfCall...)
		isIt(*found)
	})
	p.proves("POST /v1/Call/{call_uuid}/Feedback/", func() {
		posted := must(p.client.CallFeedback.Create(plivo.CallFeedbackParams{CallUUID: id, Rating: 4, Issues: []string{"ECHO"}, Notes: "a little"}))
		filled(posted)
		equal("message, status", [2]string{posted.Message, posted.Status}, [2]string{"Feedback has been posted", "success"})
	})
}

func liveActions(p *program, id func() string) {
	service := p.client.Calls
	p.account("POST", "Call/{call_uuid}/Play/", func() {
		played := must(service.Play(id(), plivo.CallPlayParams{URLs: p.env.stage + "/media/tone.wav", Length: "30", Legs: "aleg", Loop: true}))
		filled(played)
		equal("message", played.Message, "play started")
	})
	p.account("DELETE", "Call/{call_uuid}/Play/", func() { done(service.StopPlaying(id())) })
	p.account("POST", "Call/{call_uuid}/Speak/", func() {
		spoken := must(service.Speak(id(), plivo.CallSpeakParams{Text: "Hello", Voice: "WOMAN", Language: "en-US", Legs: "aleg", Loop: true}))
		filled(spoken)
		equal("message", spoken.Message, "speak started")
	})
	p.account("DELETE", "Call/{call_uuid}/Speak/", func() { done(service.StopSpeaking(id())) })
	p.account("POST", "Call/{call_uuid}/DTMF/", func() {
		sent := must(service.SendDigits(id(), plivo.CallDTMFParams{Digits: "42#", Legs: "aleg"}))
		filled(sent)
		equal("message", sent.Message, "digits sent")
	})
	p.account("POST", "Call/{call_uuid}/Record/", func() {
		started := must(service.Record(id(), plivo.CallRecordParams{
			TimeLimit: 60, FileFormat: "wav", RecordChannelType: "stereo", CallbackURL: p.env.webhook("recorded"), CallbackMethod: "POST",
		}))
		filled(started)
		equal("message", started.Message, "call recording started")
		matches("recording_id", started.RecordingID, uuidForm)
		matches("url", started.URL, started.RecordingID+`\.wav`)
	})
	p.account("DELETE", "Call/{call_uuid}/Record/", func() { done(service.StopRecording(id())) })
}

// queuedCalls asks for more calls than may start at once.
func queuedCalls(p *program) {
	service := p.client.QueuedCalls
	from := p.env.numbers[0]
	var asked []string
	p.prepares("many calls at once", func() {
		// Magic numbers of the simulator: these ring, and nobody answers.
		never := []string{"15005554001", "15005554002"}
		wanted := append([]string{p.env.phones[0], p.env.phones[1], p.env.phones[2]}, never...)
		for _, last := range []string{"5", "6", "7", "8"} {
			wanted = append(wanted, p.env.phones[0][:10]+last)
		}
		made := must(p.client.Calls.Create(plivo.CallCreateParams{From: from, To: plivo.Numbers(wanted...), AnswerURL: p.env.stage + "/xml/wait"}))
		list, isList := made.RequestUUID.([]any)
		isTrue("several calls have several ids", isList && len(list) == len(wanted))
		for _, each := range list {
			asked = append(asked, each.(string))
		}
	})
	var waiting []string
	p.proves("GET /v1/Account/{auth_id}/Call/?status=queued", func() {
		listed := must(service.IDList())
		matches("api_id", listed.APIID, uuidForm)
		isTrue("some calls wait", len(listed.Calls) > 1)
		for _, id := range listed.Calls {
			contains("the call asked for", asked, id)
		}
		waiting = listed.Calls
	})
	// The last one asked for waits longest.
	last := func() string {
		isTrue("there is one", len(asked) > 0)
		return asked[len(asked)-1]
	}
	p.proves("GET /v1/Account/{auth_id}/Call/{call_uuid}/?status=queued", func() {
		contains("the last call", waiting, last())
		found := must(service.Get(last()))
		filled(found, "CallerName")
		equal("call_uuid, from, call_status, direction, request_uuid",
			[5]string{found.CallUUID, found.From, found.Status, found.Direction, found.RequestUUID}, [5]string{last(), from, "queued", "outbound", last()})
	})
	p.account("DELETE", "Request/{request_uuid}/", func() { done(p.client.Calls.CancelRequest(last())) })
	p.prepares("nobody is called any more", func() {
		for _, id := range asked {
			if p.client.Calls.CancelRequest(id) != nil {
				_ = p.client.Calls.Delete(id)
			}
		}
	})
}

func streams(p *program) {
	service := p.client.Calls
	from, to := p.env.numbers[0], p.env.phones[1]
	var call, id string
	p.prepares("a call to stream", func() { call = p.calling(from, to, "/xml/wait") })
	start := func() string {
		started := must(service.Stream(call, plivo.CallStreamParams{
			ServiceUrl: p.env.stream, Bidirectional: true, AudioTrack: "inbound", StreamTimeout: 600, ContentType: "audio/x-l16;rate=16000",
			StatusCallbackUrl: p.env.webhook("stream"), StatusCallbackMethod: "POST", ExtraHeaders: "room=7",
		}))
		filled(started)
		equal("message", started.Message, "audio streaming started")
		matches("stream_id", started.StreamID, uuidForm)
		return started.StreamID
	}
	p.account("POST", "Call/{call_uuid}/Stream/", func() { id = start() })
	p.account("GET", "Call/{call_uuid}/Stream/{stream_id}/", func() {
		found := eventually("the stream", func() *plivo.CallStreamGetSpecific { return must(service.GetSpecificStream(call, id)) },
			func(found *plivo.CallStreamGetSpecific) bool {
				return found.Status == "in-progress" && found.BillDuration > 0
			})
		filled(found, "EndTime")
		equal("stream_id, call_uuid, service_url, audio_track", [4]string{found.StreamID, found.CallUUID, found.ServiceURL, found.AudioTrack},
			[4]string{id, call, p.env.stream, "inbound"})
		equal("plivo_auth_id, status_callback_url", [2]string{found.PlivoAuthId, found.StatusCallbackURL}, [2]string{p.env.authId, p.env.webhook("stream")})
		isTrue("it goes both ways", found.Bidirectional)
		matches("billed_amount", found.BilledAmount, amount)
		equal("rounded_bill_duration", found.RoundedBillDuration, "60")
		matches("start_time", found.StartTime, timeForm)
		equal("resource_uri", found.ResourceURI, p.env.uri("Call/"+call+"/Stream/"+id+"/"))
	})
	p.account("DELETE", "Call/{call_uuid}/Stream/{stream_id}/", func() { done(service.StopSpecificStream(call, id)) })
	p.account("DELETE", "Call/{call_uuid}/Stream/", func() {
		second := eventually("another stream", start, func(string) bool { return true })
		isTrue("it is another", second != id)
		done(service.StopAllStreams(call))
	})
	p.account("GET", "Call/{call_uuid}/Stream/", func() {
		listed := eventually("the end of both", func() *plivo.CallStreamGetAll { return must(service.GetAllStreams(call)) },
			func(listed *plivo.CallStreamGetAll) bool {
				for _, each := range listed.Objects {
					if each.Status != "completed" {
						return false
					}
				}
				return len(listed.Objects) == 2
			})
		matches("api_id", listed.ApiID, uuidForm)
		found := one("the stream", listed.Objects, func(each plivo.CallStreamGetAllObject) bool { return each.StreamID == id })
		filled(found)
		equal("call_uuid, service_url", [2]string{found.CallUUID, found.ServiceURL}, [2]string{call, p.env.stream})
		matches("end_time", found.EndTime, timeForm)
	})
	p.prepares("the end of the call", func() { done(service.Delete(call)) })
}

func recordings(p *program) {
	service := p.client.Recordings
	from, to := p.env.numbers[0], p.env.phones[2]
	var call, id string
	p.prepares("a recording", func() {
		call = p.calling(from, to, "/xml/record")
		id = eventually("the recording", func() *plivo.RecordingListResponse {
			return must(service.List(plivo.RecordingListParams{CallUUID: call}))
		}, func(listed *plivo.RecordingListResponse) bool { return len(listed.Objects) == 1 }).Objects[0].RecordingID
		done(p.client.Calls.Delete(call))
	})
	isIt := func(found plivo.Recording) {
		filled(found, "ConferenceName")
		equal("recording_id, call_uuid, recording_type, recording_format", [4]string{found.RecordingID, found.CallUUID, found.RecordingType, found.RecordingFormat},
			[4]string{id, call, "call", "mp3"})
		equal("from_number, to_number", [2]string{found.FromNumber, found.ToNumber}, [2]string{from, to})
		for _, ms := range []string{found.RecordingDurationMS, found.RecordingStartMS, found.RecordingEndMS} {
			matches("milliseconds", ms, amount)
		}
		equal("rounded_recording_duration", found.RoundedRecordingDuration, 60)
		matches("add_time", found.AddTime, timeForm)
		equal("resource_uri", found.ResourceURI, p.env.uri("Recording/"+id+"/"))
	}
	p.account("GET", "Recording/{recording_id}/", func() {
		found := must(service.Get(id))
		isIt(*found)
		file := must(http.Get(found.RecordingURL))
		file.Body.Close()
		equal("status of its file", file.StatusCode, 200)
	})
	p.account("GET", "Recording/", func() {
		listed := must(service.List(plivo.RecordingListParams{CallUUID: call, FromNumber: from, ToNumber: to, Limit: 5}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("total_count, limit", [2]int64{listed.Meta.TotalCount, listed.Meta.Limit}, [2]int64{1, 5})
		isIt(*one("the recording", listed.Objects, func(each *plivo.Recording) bool { return each.RecordingID == id }))
	})
	transcriptions(p, func() string { return id })
	p.account("DELETE", "Recording/{recording_id}/", func() {
		done(service.Delete(id))
		gone(service.Get(id))
	})
}

func transcriptions(p *program, id func() string) {
	service := p.client.Transcription
	p.account("POST", "Transcription/{recording_id}/", func() {
		begun := must(service.CreateRecordingTranscription(plivo.RecordingTranscriptionRequest{
			RecordingID: id(), TranscriptionCallbackUrl: p.env.webhook("transcribed"),
		}))
		equal[any]("message", begun["message"], "transcription in progress")
	})
	p.account("GET", "Transcription/{transcription_id}/", func() {
		found := eventually("the transcription", func() *plivo.GetRecordingTranscriptionResponse {
			return must(service.GetRecordingTranscription(plivo.GetRecordingTranscriptionRequest{TranscriptionID: id(), TranscriptionType: "full"}))
		}, func(found *plivo.GetRecordingTranscriptionResponse) bool { return found.Status == "success" })
		filled(found)
		isTrue("it is of some seconds", found.RecordingDurationMs > 2000 && found.RecordingStartMs > 0)
		segments, isList := found.Transcription.([]any)
		isTrue("a full transcription is a list of segments", isList && len(segments) > 0)
	})
	p.account("DELETE", "Transcription/{transcription_id}/", func() {
		deleted := must(service.DeleteRecordingTranscription(plivo.DeleteRecordingTranscriptionRequest{TranscriptionID: id()}))
		equal[any]("message", deleted["message"], "request accepted")
		gone(service.GetRecordingTranscription(plivo.GetRecordingTranscriptionRequest{TranscriptionID: id()}))
	})
}
