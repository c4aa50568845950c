package main

import (
	"net/http"
	"strings"

	"github.com/plivo/plivo-go/v7"
)

// desk is a PHLO whose document is a multiparty call.
type desk struct {
	*program
	phlo   *plivo.Phlo
	room   *plivo.PhloMultiPartyCall
	name   string
	id     string
	nodeId string
}

func phlos(p *program) {
	client := must(plivo.NewPhloClient("", "", &plivo.ClientOptions{HttpClient: p.wire.client()}))
	d := &desk{program: p, name: p.env.named("desk"), phlo: &plivo.Phlo{}, room: &plivo.PhloMultiPartyCall{}}
	p.prepares("a PHLO", func() {
		var made struct {
			PhloId string `json:"phlo_id"`
			Nodes  []struct {
				NodeId string `json:"node_id"`
			}
		}
		p.operator(http.MethodPost, "phlos", map[string]any{
			"account": p.env.authId, "name": d.name, "from": p.env.numbers[2],
			"xml":   `<Response><MultiPartyCall role="{{role}}" stayAlone="true">` + d.name + `</MultiPartyCall></Response>`,
			"nodes": []any{map[string]string{"type": "multi_party_call", "name": d.name, "voicemail_url": p.env.stage + "/media/tone.wav"}},
		}, &made)
		equal("nodes", len(made.Nodes), 1)
		d.id, d.nodeId = made.PhloId, made.Nodes[0].NodeId
	})
	p.proves("GET /v1/phlo/{phlo_id}/", func() {
		found := must(client.Phlos.Get(d.id))
		filled(found)
		equal("phlo_id, name", [2]string{found.PhloId, found.Name}, [2]string{d.id, d.name})
		matches("created_on", found.CreatedOn, timeForm)
		d.phlo = found
	})
	p.proves("POST /v1/account/{auth_id}/phlo/{phlo_id}", func() {
		d.runs(p.env.phones[0], "agent")
		d.runs(p.env.phones[1], "customer")
		d.becomes(p.env.phones[0], p.env.phones[1])
	})
	p.proves("GET /v1/phlo/{phlo_id}/{node_type}/{node_id}/", func() {
		isIt := func(found plivo.Node) {
			filled(found)
			equal("node_id, phlo_id, name, node_type", [4]string{found.NodeID, found.PhloID, found.Name, found.NodeType},
				[4]string{d.nodeId, d.id, d.name, "multi_party_call"})
			matches("created_on", found.CreatedOn, timeForm)
		}
		isIt(*must(d.phlo.Node(d.nodeId)))
		room := must(d.phlo.MultiPartyCall(d.nodeId))
		isIt(room.Node)
		d.room = room
	})
	p.proves("POST /v1/phlo/{phlo_id}/{node_type}/{node_id}", d.transfers)
	p.proves("POST /v1/phlo/{phlo_id}/{node_type}/{node_id}/members/{member_address}", d.members)
	p.prepares("the end of the PHLO", func() {
		p.hangUpAll()
		p.operator(http.MethodDelete, "phlos/"+d.id, nil, nil)
	})
}

func (d *desk) runs(phone, role string) {
	run := must(d.phlo.Run(map[string]interface{}{"to": phone, "role": role}))
	filled(run)
	matches("phlo_run_id", run.PhloRunID, uuidForm)
	equal("phlo_id", run.PhloID, d.id)
	matches("message", run.Message, "^1 call (fired|queued)$")
}

// becomes waits until these are in the multiparty call; a number followed by " on hold" is on hold.
func (d *desk) becomes(wanted ...string) {
	name := plivo.MultiPartyCallBasicParams{FriendlyName: d.name}
	eventually(strings.Join(wanted, ", ")+" in the call", func() map[string]bool {
		members := map[string]bool{}
		for _, each := range must(d.client.MultiPartyCall.ListParticipants(name, plivo.MultiPartyCallListParticipantParams{})).Objects {
			if each.Hold {
				each.MemberAddress += " on hold"
			}
			members[each.MemberAddress] = true
		}
		return members
	}, func(members map[string]bool) bool {
		for _, each := range wanted {
			if !members[each] {
				return false
			}
		}
		return len(members) == len(wanted)
	})
}

func acted(answer *plivo.NodeActionResponse, err error) {
	done(err)
	matches("api_id", answer.ApiID, uuidForm)
	equal("error", answer.Error, "")
}

func (d *desk) transfers() {
	agent, customer, third := d.env.phones[0], d.env.phones[1], d.env.phones[2]
	payload := func(action string) plivo.PhloMultiPartyCallActionPayload {
		return plivo.PhloMultiPartyCallActionPayload{Action: action, To: third, Role: "agent", TriggerSource: agent}
	}
	acted(d.room.Call(payload("call")))
	d.becomes(agent, customer, third)
	acted(d.room.Member(third).HangUp())
	d.becomes(agent, customer)
	acted(d.room.WarmTransfer(payload("warm_transfer")))
	d.becomes(agent, customer+" on hold", third)
	acted(d.room.Member(agent).AbortTransfer())
	d.becomes(agent, customer)
	acted(d.room.ColdTransfer(payload("cold_transfer")))
	d.becomes(customer, third)
}

func (d *desk) members() {
	customer, third := d.env.phones[1], d.env.phones[2]
	member := d.room.Member(third)
	acted(member.Hold())
	d.becomes(customer, third+" on hold")
	acted(member.UnHold())
	d.becomes(customer, third)
	acted(member.Hold())
	acted(member.ResumeCall())
	d.becomes(customer, third)
	acted(member.VoiceMailDrop())
	d.becomes(customer)
	acted(d.room.Member(customer).HangUp())
	eventually("the end of the call", func() string {
		return must(d.client.MultiPartyCall.List(plivo.MultiPartyCallListParams{FriendlyName: d.name})).Objects[0].Status
	}, func(status string) bool { return status == "Ended" })
}
