package main

import (
	"time"

	"github.com/plivo/plivo-go/v7"
)

// meeting is a multiparty call and two who are in it.
type meeting struct {
	*program
	name  plivo.MultiPartyCallBasicParams
	uuid  string
	agent string
	other string
}

func (m *meeting) member(id string) plivo.MultiPartyCallParticipantParams {
	return plivo.MultiPartyCallParticipantParams{FriendlyName: m.name.FriendlyName, ParticipantId: id}
}

// entered waits until the call is in. Gives its member id.
func (m *meeting) entered(call string) string {
	listed := eventually("the participant", func() *plivo.MultiPartyCallListParticipantsResponse {
		return must(m.client.MultiPartyCall.ListParticipants(m.name, plivo.MultiPartyCallListParticipantParams{CallUuid: call}))
	}, func(listed *plivo.MultiPartyCallListParticipantsResponse) bool { return len(listed.Objects) == 1 })
	return listed.Objects[0].MemberId
}

func multiPartyCalls(p *program) {
	m := &meeting{program: p, name: plivo.MultiPartyCallBasicParams{FriendlyName: p.env.named("meeting")}}
	service := p.client.MultiPartyCall
	meetingBegins(m)
	meetingIsShown(m)
	meetingIsRecorded(m)
	participantIsRecorded(m)
	memberHears(m)
	time.Sleep(time.Second) // for durations that are not zero
	p.account("DELETE", "MultiPartyCall/{mpc_id}/Participant/{participant_id}/", func() {
		done(service.KickParticipant(m.member(m.other)))
		gone := eventually("the exit", func() *plivo.MultiPartyCallParticipant { return must(service.GetParticipant(m.member(m.other))) },
			func(found *plivo.MultiPartyCallParticipant) bool { return found.ExitTime != "" })
		equal("exit_cause", gone.ExitCause, "Kicked Out of Multiparty Call")
		matches("billed_amount", gone.BilledAmount, amount)
		isTrue("its stay was billed", gone.BilledDuration == 60 && gone.Duration > 0)
	})
	p.account("DELETE", "MultiPartyCall/{mpc_id}/", func() {
		done(service.Stop(m.name))
		isTrue("its id is known", m.uuid != "") // the SDK ends the program over an empty one
		found := eventually("the end", func() *plivo.MultiPartyCallGetResponse {
			return must(service.Get(plivo.MultiPartyCallBasicParams{MpcUuid: m.uuid}))
		}, func(found *plivo.MultiPartyCallGetResponse) bool { return found.Status == "Ended" })
		filled(found, "Recording", "SubAccount")
		equal("termination_cause", found.TerminationCause, "Hangup API Triggered")
		equal("termination_cause_code", found.TerminationCauseCode, 3000)
		isTrue("it lasted", found.Duration > 0 && found.BilledDuration > 0)
		matches("end_time", found.EndTime, timeForm)
	})
	p.account("GET", "MultiPartyCall/", func() {
		listed := must(service.List(plivo.MultiPartyCallListParams{
			FriendlyName: m.name.FriendlyName, Status: "Ended", TerminationCauseCode: 3000, CreationTimeGt: "2026-01-01 00:00:00", Limit: 5,
		}))
		filled(listed, "Next", "Previous", "Recording", "SubAccount")
		equal("total_count, limit, offset", [3]int64{listed.Meta.TotalCount, listed.Meta.Limit, listed.Meta.Offset}, [3]int64{1, 5, 0})
		equal("mpc_uuid", listed.Objects[0].MpcUuid, m.uuid)
	})
}

func meetingBegins(m *meeting) {
	service, from := m.client.MultiPartyCall, m.env.numbers[2]
	no := false
	added := func(params plivo.MultiPartyCallAddParticipantParams) string {
		params.EnterSound, params.ExitSound = "none", "none"
		answer := must(service.AddParticipant(m.name, params))
		filled(answer)
		equal("message", answer.Message, "add participant action initiated")
		equal("calls", len(answer.Calls), 1)
		return answer.Calls[0].CallUuid
	}
	m.account("POST", "MultiPartyCall/{mpc_id}/Participant/", func() {
		to := m.env.phones[0]
		call := added(plivo.MultiPartyCallAddParticipantParams{
			Role: "Agent", From: from, To: to, StartMpcOnEnter: &no, StayAlone: true, MaxDuration: 600, MaxParticipants: 4, RingTimeout: 30,
			StatusCallbackUrl: m.env.webhook("meeting"), StatusCallbackEvents: "mpc-state-changes,participant-state-changes",
		})
		m.agent = m.entered(call)
		live := m.calling(from, m.env.phones[1], "/xml/wait")
		equal("call_uuid", added(plivo.MultiPartyCallAddParticipantParams{Role: "Customer", CallUuid: live, StartMpcOnEnter: &no, StayAlone: true}), live)
		m.other = m.entered(live)
	})
	m.account("POST", "MultiPartyCall/{mpc_id}/", func() {
		equal("status", must(service.Get(m.name)).Status, "Initialized")
		done(service.Start(m.name))
	})
	m.account("GET", "MultiPartyCall/{mpc_id}/", func() {
		found := must(service.Get(m.name))
		filled(found, "BilledAmount", "EndTime", "SubAccount", "TerminationCause")
		equal("friendly_name, status, recording", [3]string{found.FriendlyName, found.Status, found.Recording},
			[3]string{m.name.FriendlyName, "Active", "not-recording"})
		uri := m.env.uri("MultiPartyCall/name_" + m.name.FriendlyName + "/")
		equal("resource_uri, participants", [2]string{found.ResourceUri, found.Participants}, [2]string{uri, uri + "Participant/"})
		matches("creation_time", found.CreationTime, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d$`)
		isTrue("one may stay alone", found.StayAlone)
		m.uuid = found.MpcUuid
		matches("mpc_uuid", m.uuid, uuidForm)
	})
}

func meetingIsShown(m *meeting) {
	service := m.client.MultiPartyCall
	yes := true
	m.account("POST", "MultiPartyCall/{mpc_id}/Participant/{participant_id}/", func() {
		changed := must(service.UpdateParticipant(m.member(m.agent), plivo.MultiPartyCallUpdateParticipantParams{Mute: &yes, Hold: &yes}))
		filled(changed, "CoachMode")
		matches("mute", changed.Mute, "^MPC: "+m.name.FriendlyName+" ")
	})
	isAgent := func(found plivo.MultiPartyCallParticipant) {
		filled(found, "BilledAmount", "ExitCause", "ExitTime")
		equal("member_id, mpc_uuid, role, member_address", [4]string{found.MemberId, found.MpcUuid, found.Role, found.MemberAddress},
			[4]string{m.agent, m.uuid, "agent", m.env.phones[0]})
		isTrue("it is muted and on hold", found.Mute && found.Hold && !found.CoachMode)
		isTrue("it starts nothing and ends nothing", !found.StartMpcOnEnter && !found.EndMpcOnExit)
		matches("resource_uri", found.ResourceUri, "/Participant/"+m.agent+"/$")
	}
	m.account("GET", "MultiPartyCall/{mpc_id}/Participant/{participant_id}/", func() {
		isAgent(*must(service.GetParticipant(m.member(m.agent))))
	})
	m.account("GET", "MultiPartyCall/{mpc_id}/Participant/", func() {
		listed := must(service.ListParticipants(m.name, plivo.MultiPartyCallListParticipantParams{}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("count, of the list", [2]int{int(listed.Meta.TotalCount), len(listed.Objects)}, [2]int{2, 2})
		isAgent(*one("the agent", listed.Objects, func(each *plivo.MultiPartyCallParticipant) bool { return each.MemberId == m.agent }))
	})
}

func meetingIsRecorded(m *meeting) {
	service := m.client.MultiPartyCall
	recording := func(wanted string) { equal("recording", must(service.Get(m.name)).Recording, wanted) }
	m.account("POST", "MultiPartyCall/{mpc_id}/Record/", func() {
		started := must(service.StartRecording(m.name, plivo.MultiPartyCallStartRecordingParams{
			FileFormat: "wav", RecordingCallbackUrl: m.env.webhook("recorded"), RecordingCallbackMethod: "POST",
		}))
		isStarted(started, "MPC: "+m.name.FriendlyName+" record started")
		recording("recording")
	})
	m.account("POST", "MultiPartyCall/{mpc_id}/Record/Pause/", func() {
		done(service.PauseRecording(m.name))
		recording("paused")
	})
	m.account("POST", "MultiPartyCall/{mpc_id}/Record/Resume/", func() {
		done(service.ResumeRecording(m.name))
		recording("recording")
	})
	m.account("DELETE", "MultiPartyCall/{mpc_id}/Record/", func() {
		done(service.StopRecording(m.name))
		recording("not-recording")
	})
}

func isStarted(started *plivo.MultiPartyCallStartRecordingResponse, message string) {
	filled(started)
	equal("message", started.Message, message)
	matches("recording_id", started.RecordingId, uuidForm)
	matches("recording_url", started.RecordingUrl, started.RecordingId+`\.wav`)
}

func participantIsRecorded(m *meeting) {
	service := m.client.MultiPartyCall
	track := plivo.MultiPartyCallParticipantRecordingParams{RecordTrackType: "all"}
	m.account("POST", "MultiPartyCall/{mpc_id}/Participant/{participant_id}/Record/", func() {
		started := must(service.StartParticipantRecording(m.member(m.other), plivo.MultiPartyCallStartRecordingParams{
			FileFormat: "wav", RecordTrackType: "all",
		}))
		isStarted(started, "MPC: "+m.name.FriendlyName+" participant record started")
	})
	m.account("POST", "MultiPartyCall/{mpc_id}/Participant/{participant_id}/Record/Pause/", func() {
		done(service.PauseParticipantRecording(m.member(m.other), track))
	})
	m.account("POST", "MultiPartyCall/{mpc_id}/Participant/{participant_id}/Record/Resume/", func() {
		done(service.ResumeParticipantRecording(m.member(m.other), track))
	})
	m.account("DELETE", "MultiPartyCall/{mpc_id}/Participant/{participant_id}/Record/", func() {
		done(service.StopParticipantRecording(m.member(m.other), track))
	})
}

func memberHears(m *meeting) {
	service := m.client.MultiPartyCall
	hears := func(answer *plivo.MultiPartyCallAudioResponse, message string) {
		filled(answer)
		equal("message, mpcName", [2]string{answer.Message, answer.FriendlyName}, [2]string{message, m.name.FriendlyName})
		equal("members", len(answer.MemberId), 1)
		equal("mpcMemberId", answer.MemberId[0], m.other)
	}
	m.account("POST", "MultiPartyCall/{mpc_id}/Member/{participant_id}/Play/", func() {
		hears(must(service.StartPlayAudio(m.member(m.other), plivo.MultiPartyCallAudioParams{Url: m.env.stage + "/media/tone.wav"})), "play queued into MPC")
	})
	m.account("DELETE", "MultiPartyCall/{mpc_id}/Member/{participant_id}/Play/", func() { done(service.StopPlayAudio(m.member(m.other))) })
	m.account("POST", "MultiPartyCall/{mpc_id}/Member/{participant_id}/Speak/", func() {
		hears(must(service.StartSpeak(m.member(m.other), plivo.MultiPartyCallSpeakParams{Text: "Hello", Voice: "WOMAN", Language: "en-US", Mix: true})),
			"speak queued into MPC")
	})
	m.account("DELETE", "MultiPartyCall/{mpc_id}/Member/{participant_id}/Speak/", func() { done(service.StopSpeak(m.member(m.other))) })
}
