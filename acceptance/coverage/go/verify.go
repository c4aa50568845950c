package main

import (
	"time"

	"github.com/plivo/plivo-go/v7"
)

func isRecent(what string, at time.Time) {
	age := time.Since(at)
	isTrue(what+" is of this run: "+at.String(), age > -time.Minute && age < wholeRun)
}

func callerIds(p *program) {
	service := p.client.VerifyCallerId
	phone, alias := p.env.phones[2], p.env.named("caller")
	var verification, code string
	p.account("POST", "VerifiedCallerId/", func() {
		code = p.codeSent(phone, `code is (\d{6})`, func() {
			begun := must(service.InitiateVerify(plivo.InitiateVerify{PhoneNumber: "+" + phone, Alias: alias, Channel: "sms"}))
			filled(begun)
			matches("message", begun.Message, `^Verification code is sent to number \+`+phone+" ")
			matches("verification_uuid", begun.VerificationUUID, uuidForm)
			verification = begun.VerificationUUID
		})
	})
	p.account("POST", "VerifiedCallerId/Verification/{verification_uuid}/", func() {
		verified := must(service.VerifyCallerID(verification, code))
		filled(verified, "SubAccount")
		equal("verification_uuid, phone_number, alias, channel, country",
			[5]string{verified.VerificationUUID, verified.PhoneNumber, verified.Alias, verified.Channel, verified.Country},
			[5]string{verification, "+" + phone, alias, "sms", "US"})
		isRecent("created_at", verified.CreatedAt)
	})
	isIt := func(found plivo.GetVerifyResponse, alias string) {
		filled(found, "SubAccount")
		equal("verification_uuid, phone_number, alias, country",
			[4]string{found.VerificationUUID, found.PhoneNumber, found.Alias, found.Country}, [4]string{verification, "+" + phone, alias, "US"})
		isRecent("created_at", found.CreatedAt)
		isRecent("modified_at", found.ModifiedAt)
	}
	p.account("GET", "VerifiedCallerId/{phone_number}/", func() { isIt(*must(service.GetVerifiedCallerID(phone)), alias) })
	p.account("POST", "VerifiedCallerId/{phone_number}/", func() {
		isIt(*must(service.UpdateVerifiedCallerID(phone, plivo.UpdateVerifiedCallerIDParams{Alias: alias + "-2"})), alias+"-2")
	})
	p.account("GET", "VerifiedCallerId/", func() {
		listed := must(service.ListVerifiedCallerID(plivo.ListVerifiedCallerIdParams{Alias: alias + "-2", Country: "US", Limit: 5}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("total_count, limit", [2]int64{listed.Meta.TotalCount, listed.Meta.Limit}, [2]int64{1, 5})
		filled(listed.Objects, "SubAccount")
		equal("resource_uri", listed.Objects[0].ResourceUri, p.env.uri("VerifiedCallerId/"+phone))
		equal("phone_number", listed.Objects[0].PhoneNumber, "+"+phone)
	})
	p.account("DELETE", "VerifiedCallerId/{phone_number}/", func() {
		done(service.DeleteVerifiedCallerID(phone))
		gone(service.GetVerifiedCallerID(phone))
	})
}

func verifySessions(p *program) {
	service := p.client.VerifySession
	phone := p.env.phones[1]
	var id, code string
	p.account("POST", "Verify/Session/", func() {
		code = p.codeSent(phone, `Acme verification code is (\d{8})`, func() {
			begun := must(service.Create(plivo.SessionCreateParams{
				Recipient: phone, Channel: "sms", BrandName: "Acme", CodeLength: 8, URL: p.env.webhook("verify"), Method: "POST",
			}))
			filled(begun, "Error")
			matches("session_uuid", begun.SessionUUID, uuidForm)
			id = begun.SessionUUID
		})
	})
	isIt := func(found plivo.Session, status string) {
		equal("session_uuid, recipient, channel, status", [4]string{found.SessionUUID, found.Recipient, found.Channel, found.Status},
			[4]string{id, phone, "sms", status})
		equal("destination_country_iso2, locale", [2]string{found.CountryISO, found.Locale}, [2]string{"US", "en_US"})
		equal("count", found.Count, 1)
		equal("attempts, charges", [2]int{len(found.AttemptDetails), len(found.Charges.AttemptCharges)}, [2]int{1, 1})
		attempt := found.AttemptDetails[0]
		equal("channel, brand_name", [2]string{attempt.Channel, attempt.BrandName}, [2]string{"sms", "Acme"})
		equal("code_length", attempt.CodeLength, 8)
		equal("attempt_uuid", found.Charges.AttemptCharges[0].AttemptUUID, attempt.AttemptUUID)
		matches("total_charge", found.Charges.TotalCharge, amount)
		isRecent("created_at", found.CreatedAt)
		isRecent("updated_at", found.UpdatedAt)
		isRecent("time of the attempt", attempt.Time)
	}
	p.account("GET", "Verify/Session/{session_uuid}/", func() {
		found := must(service.Get(id))
		filled(found, "DestinationNetwork", "AppHash", "Dtmf", "FraudCheck")
		isIt(*found, "in-progress")
	})
	p.account("POST", "Verify/Session/{session_uuid}/", func() {
		answer := must(service.Validate(plivo.SessionValidationParams{OTP: code}, id))
		matches("api_id", answer.APIID, uuidForm)
		equal("message", answer.Message, "session validated successfully.")
	})
	p.account("GET", "Verify/Session/", func() {
		listed := must(service.List(plivo.SessionListParams{Limit: 5, Status: "verified", Recipient: phone}))
		matches("api_id", listed.APIID, uuidForm)
		equal("limit, offset", [2]int{listed.Meta.Limit, listed.Meta.Offset}, [2]int{5, 0})
		isIt(one("the session", listed.Sessions, func(each plivo.Session) bool { return each.SessionUUID == id }), "verified")
	})
}

// What a masking session has only with PINs, files or calls of its own.
var unsetOfMasking = []string{
	"FirstPartyPlayUrl", "SecondPartyPlayUrl", "RecordingCallbackUrl", "Interaction", "LastInteractionTime", "FirstPartyPin", "SecondPartyPin",
	"PinPromptPlay", "IncorrectPinPlay", "UnknownCallerPlay",
}

func maskingSessions(p *program) {
	service := p.client.MaskingSession
	first, second := p.env.phones[0], p.env.phones[1]
	var id, virtual string
	isIt := func(found plivo.MaskingSession, ringTimeout int64) {
		filled(found, unsetOfMasking...)
		equal("session_uuid, first_party, second_party, status",
			[4]string{found.SessionUUID, found.FirstParty, found.SecondParty, found.Status}, [4]string{id, first, second, "active"})
		equal("virtual_number", "+"+found.VirtualNumber, virtual)
		equal("duration, ring_timeout, call_time_limit", [3]int64{found.Duration, found.RingTimeout, found.CallTimeLimit}, [3]int64{600, ringTimeout, 300})
		equal("callback_url, callback_method", [2]string{found.CallbackUrl, found.CallbackMethod}, [2]string{p.env.webhook("masking"), "POST"})
		matches("created_time", found.CreatedAt, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC$`)
		isTrue("it records and asks for no PIN", found.Record && !found.IsPinAuthenticationRequired && !found.GeneratePin)
	}
	p.account("POST", "Masking/Session/", func() {
		made := must(service.CreateMaskingSession(plivo.CreateMaskingSessionParams{
			FirstParty: first, SecondParty: second, SessionExpiry: 600, RingTimeout: 30, CallTimeLimit: 300, Record: true,
			CallbackUrl: p.env.webhook("masking"), CallbackMethod: "POST",
		}))
		matches("api_id", made.ApiID, uuidForm)
		equal("message", made.Message, "Session created")
		matches("virtual_number", made.VirtualNumber, `^\+\d+$`)
		id, virtual = made.SessionUUID, made.VirtualNumber
		isIt(made.Session, 30)
	})
	p.account("POST", "Masking/Session/{session_uuid}/", func() {
		changed := must(service.UpdateMaskingSession(plivo.UpdateMaskingSessionParams{RingTimeout: 45, Record: true}, id))
		matches("api_id", changed.ApiID, uuidForm)
		equal("message", changed.Message, "Session updated")
		isIt(changed.Session, 45)
	})
	p.account("GET", "Masking/Session/{session_uuid}/", func() {
		found := must(service.GetMaskingSession(id))
		matches("api_id", found.ApiID, uuidForm)
		isIt(found.Response, 45)
	})
	p.account("GET", "Masking/Session/", func() {
		listed := must(service.ListMaskingSession(plivo.ListSessionFilterParams{Status: "active", FirstParty: first, Limit: 20}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("limit, offset", [2]int64{listed.Response.Meta.Limit, listed.Response.Meta.Offset}, [2]int64{20, 0})
		isIt(one("the session", listed.Response.Objects, func(each plivo.MaskingSession) bool { return each.SessionUUID == id }), 45)
	})
	p.account("DELETE", "Masking/Session/{session_uuid}/", func() {
		ended := must(service.DeleteMaskingSession(id))
		filled(ended)
		equal("message", ended.Message, "Session Deleted")
		equal("status", must(service.GetMaskingSession(id)).Response.Status, "expired")
	})
}
