package main

import (
	"strings"

	"github.com/plivo/plivo-go/v7"
)

// inRoom calls the phone into the conference, and waits until it is a member. Gives its member id.
func (p *program) inRoom(room, from, phone string) string {
	call := p.calling(from, phone, "/xml/conference?name="+room)
	found := eventually("the member", func() *plivo.Conference { return must(p.client.Conferences.Get(room)) },
		func(found *plivo.Conference) bool {
			for _, member := range found.Members {
				if member.CallUUID == call {
					return true
				}
			}
			return false
		})
	return one("the member", found.Members, func(each plivo.Member) bool { return each.CallUUID == call }).MemberID
}

func conferences(p *program) {
	service := p.client.Conferences
	room, from := p.env.named("room"), p.env.numbers[1]
	var members [3]string
	p.prepares("three members in a conference", func() {
		for n, phone := range p.env.phones {
			members[n] = p.inRoom(room, from, phone)
		}
	})
	p.account("GET", "Conference/", func() {
		listed := must(service.IDList())
		filled(listed)
		contains("the conference", listed.Conferences, room)
	})
	p.account("GET", "Conference/{conference_name}/", func() {
		found := must(service.Get(room))
		filled(found)
		equal("conference_name, conference_member_count", [2]string{found.ConferenceName, found.ConferenceMemberCount}, [2]string{room, "3"})
		matches("conference_run_time", found.ConferenceRunTime, digits)
		for n, member := range found.Members {
			equal("member_id, from, to, direction", [4]string{member.MemberID, member.From, member.To, member.Direction},
				[4]string{members[n], from, p.env.phones[n], "outbound"})
			matches("call_uuid", member.CallUUID, uuidForm)
			matches("join_time", member.JoinTime, digits)
			isTrue("it is neither muted nor deaf", !member.Muted && !member.Deaf)
		}
	})
	first := members[0]
	acted := func(answer *plivo.ConferenceMemberActionResponse, message string, ids ...string) {
		filled(answer)
		equal("message", answer.Message, message)
		equal("member_id", strings.Join(answer.MemberID, " "), strings.Join(ids, " "))
	}
	state := func() (muted, deaf bool) {
		member := one("the member", must(service.Get(room)).Members, func(each plivo.Member) bool { return each.MemberID == first })
		return member.Muted, member.Deaf
	}
	p.account("POST", "Conference/{conference_name}/Member/{member_id}/Mute/", func() {
		acted(must(service.MemberMute(room, first)), "muted", first)
		muted, _ := state()
		isTrue("it is muted", muted)
	})
	p.account("DELETE", "Conference/{conference_name}/Member/{member_id}/Mute/", func() {
		done(answeredOrEmpty(service.MemberUnmute(room, first)))
		muted, _ := state()
		isTrue("it is not muted any more", !muted)
	})
	p.account("POST", "Conference/{conference_name}/Member/{member_id}/Deaf/", func() {
		acted(must(service.MemberDeaf(room, first+","+members[1])), "deaf", first, members[1])
		_, deaf := state()
		isTrue("it is deaf", deaf)
	})
	p.account("DELETE", "Conference/{conference_name}/Member/{member_id}/Deaf/", func() {
		done(answeredOrEmpty(service.MemberUndeaf(room, "all")))
		_, deaf := state()
		isTrue("it is not deaf any more", !deaf)
	})
	p.account("POST", "Conference/{conference_name}/Member/{member_id}/Play/", func() {
		acted(must(service.MemberPlay(room, first, p.env.stage+"/media/tone.mp3")), "play queued into conference", first)
	})
	p.account("DELETE", "Conference/{conference_name}/Member/{member_id}/Play/", func() {
		done(answeredOrEmpty(service.MemberPlayStop(room, first)))
	})
	p.account("POST", "Conference/{conference_name}/Member/{member_id}/Speak/", func() {
		acted(must(service.MemberSpeak(room, first, plivo.ConferenceMemberSpeakParams{Text: "Hello", Voice: "MAN", Language: "en-US"})),
			"speak queued into conference", first)
	})
	p.account("DELETE", "Conference/{conference_name}/Member/{member_id}/Speak/", func() {
		done(answeredOrEmpty(service.MemberSpeakStop(room, first)))
	})
	p.account("POST", "Conference/{conference_name}/Record/", func() {
		started := must(service.Record(room, plivo.ConferenceRecordParams{
			TimeLimit: 60, FileFormat: "mp3", CallbackUrl: p.env.webhook("recorded"), CallbackMethod: "POST",
		}))
		filled(started)
		equal("message", started.Message, "conference recording started")
		matches("url", started.Url, `\.mp3`)
	})
	p.account("DELETE", "Conference/{conference_name}/Record/", func() { done(service.RecordStop(room)) })
	p.account("POST", "Conference/{conference_name}/Member/{member_id}/Kick/", func() {
		acted(must(service.MemberKick(room, first)), "kicked", first)
	})
	p.account("DELETE", "Conference/{conference_name}/Member/{member_id}/", func() {
		done(answeredOrEmpty(service.MemberHangup(room, members[1])))
		eventually("the others are gone", func() *plivo.Conference { return must(service.Get(room)) },
			func(found *plivo.Conference) bool { return found.ConferenceMemberCount == "1" })
	})
	gone := func(name string) {
		eventually("the end of the conference", func() []string { return must(service.IDList()).Conferences }, func(names []string) bool {
			return !strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ")
		})
	}
	p.account("DELETE", "Conference/{conference_name}/", func() {
		done(service.Delete(room))
		gone(room)
	})
	other := p.env.named("other-room")
	p.prepares("another conference", func() { p.inRoom(other, from, p.env.phones[1]) })
	p.account("DELETE", "Conference/", func() {
		done(service.DeleteAll())
		gone(other)
	})
	p.prepares("the end of the calls", p.hangUpAll)
}

// answeredOrEmpty is for requests that are answered without a body: the SDK leaves its type as it was.
func answeredOrEmpty[T any](_ *T, err error) error { return err }

// hangUpAll ends the live calls of the account.
func (p *program) hangUpAll() {
	for _, id := range must(p.client.LiveCalls.IDList()).Calls {
		_ = p.client.Calls.Delete(id)
	}
}
