package main

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/plivo/plivo-go/v7"
)

func account(p *program) {
	service := p.client.Accounts
	p.account("POST", "", func() {
		changed := must(service.Update(plivo.AccountUpdateParams{Name: p.env.named("account"), Address: "1 Main St", City: "Austin"}))
		matches("api_id", changed.ApiId, uuidForm)
		equal("message", changed.Message, "changed")
	})
	p.account("GET", "", func() {
		found := must(service.Get())
		filled(found, "State")
		equal("auth_id", found.AuthID, p.env.authId)
		equal("name, address, city", [3]string{found.Name, found.Address, found.City}, [3]string{p.env.named("account"), "1 Main St", "Austin"})
		matches("cash_credits", found.CashCredits, `^-?\d+\.\d{5}$`)
		equal("resource_uri", found.ResourceURI, p.env.uri(""))
	})
}

// uri is the path of a resource of the account, as answers name it.
func (e environment) uri(path string) string { return "/v1/Account/" + e.authId + "/" + path }

func subaccounts(p *program) {
	service := p.client.Subaccounts
	name := p.env.named("subaccount")
	var id string
	p.account("POST", "Subaccount/", func() {
		made := must(service.Create(plivo.SubaccountCreateParams{Name: name, Enabled: true}))
		filled(made)
		matches("auth_id", made.AuthId, `^SA[A-Z0-9]{18}$`)
		equal("message", made.Message, "created")
		id = made.AuthId
	})
	p.account("POST", "Subaccount/{subauth_id}/", func() {
		changed := must(service.Update(id, plivo.SubaccountUpdateParams{Name: name + "-2", Enabled: true}))
		matches("api_id", changed.ApiId, uuidForm)
		equal("message", changed.Message, "changed")
	})
	isIt := func(found plivo.Subaccount) {
		equal("auth_id, name", [2]string{found.AuthID, found.Name}, [2]string{id, name + "-2"})
		equal("account", found.Account, p.env.uri(""))
		equal("resource_uri", found.ResourceURI, p.env.uri("Subaccount/"+id+"/"))
		isTrue("it is enabled", found.Enabled)
	}
	p.account("GET", "Subaccount/{subauth_id}/", func() {
		found := must(service.Get(id))
		filled(found)
		isIt(*found)
	})
	p.account("GET", "Subaccount/", func() {
		listed := must(service.List(plivo.SubaccountListParams{Limit: 20}))
		filled(listed, "ApiID", "Next", "Previous", "Modified")
		matches("api_id", listed.ApiID, uuidForm)
		isIt(one("the subaccount", listed.Objects, func(each plivo.Subaccount) bool { return each.AuthID == id }))
		isTrue("there are as many as meta says, or more than a page", listed.Meta.TotalCount >= int64(len(listed.Objects)))
		equal("limit", listed.Meta.Limit, 20)
	})
	p.account("DELETE", "Subaccount/{subauth_id}/", func() {
		done(service.Delete(id, plivo.SubaccountDeleteParams{Cascade: true}))
		gone(service.Get(id))
	})
}

func applications(p *program) {
	service := p.client.Applications
	name := p.env.named("application")
	var id string
	p.account("POST", "Application/", func() {
		made := must(service.Create(plivo.ApplicationCreateParams{
			AppName: name, AnswerURL: p.env.stage + "/xml/wait", AnswerMethod: "GET", HangupURL: p.env.webhook("hangup"), HangupMethod: "POST",
			FallbackAnswerURL: p.env.stage + "/xml/wait", FallbackMethod: "GET", MessageURL: p.env.webhook("message"), MessageMethod: "POST",
			LogIncomingMessages: true, PublicURI: true,
		}))
		filled(made)
		matches("app_id", made.AppID, digits)
		equal("message", made.Message, "created")
		id = made.AppID
	})
	p.account("POST", "Application/{app_id}/", func() {
		changed := must(service.Update(id, plivo.ApplicationUpdateParams{AnswerURL: p.env.stage + "/xml/record", AnswerMethod: "POST"}))
		matches("api_id", changed.ApiId, uuidForm)
		equal("message", changed.Message, "changed")
	})
	isIt := func(found plivo.Application) {
		equal("app_id, app_name", [2]string{found.AppID, found.AppName}, [2]string{id, name})
		equal("answer_url", found.AnswerURL, p.env.stage+"/xml/record")
		equal("answer_method, hangup_method, fallback_method, message_method",
			[4]string{found.AnswerMethod, found.HangupMethod, found.FallbackMethod, found.MessageMethod}, [4]string{"POST", "POST", "GET", "POST"})
		equal("resource_uri", found.ResourceURI, p.env.uri("Application/"+id+"/"))
		isTrue("it logs messages and is public", found.LogIncomingMessages && found.PublicURI)
		isTrue("it is no default", !found.DefaultApp && !found.DefaultEndpointApp && !found.DefaultNumberApp && !found.ProductionApp)
	}
	p.account("GET", "Application/{app_id}/", func() {
		found := must(service.Get(id))
		filled(found)
		isIt(*found)
	})
	p.account("GET", "Application/", func() {
		listed := must(service.List(plivo.ApplicationListParams{AppName: name, Limit: 5}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("total_count, limit, offset", [3]int64{listed.Meta.TotalCount, listed.Meta.Limit, listed.Meta.Offset}, [3]int64{1, 5, 0})
		isIt(one("the application", listed.Objects, func(each plivo.Application) bool { return each.AppID == id }))
	})
	p.account("DELETE", "Application/{app_id}/", func() {
		done(service.Delete(id, plivo.ApplicationDeleteParams{Cascade: true}))
		gone(service.Get(id))
	})
}

func endpoints(p *program) {
	service := p.client.Endpoints
	alias := p.env.named("endpoint")
	var id, username string
	p.account("POST", "Endpoint/", func() {
		made := must(service.Create(plivo.EndpointCreateParams{Alias: alias, Password: "secret-1", Username: "ana"}))
		filled(made)
		matches("username", made.Username, `^ana\d{12}$`)
		equal("message, alias", [2]string{made.Message, made.Alias}, [2]string{"created", alias})
		id, username = made.EndpointID, made.Username
	})
	p.account("POST", "Endpoint/{endpoint_id}/", func() {
		changed := must(service.Update(id, plivo.EndpointUpdateParams{Alias: alias + "-2", Password: "secret-2"}))
		matches("api_id", changed.ApiId, uuidForm)
		equal("message", changed.Message, "changed")
	})
	isIt := func(found plivo.Endpoint) {
		equal("endpoint_id, username, alias", [3]string{found.EndpointID, found.Username, found.Alias}, [3]string{id, username, alias + "-2"})
		matches("sip_uri", found.SIPURI, "^sip:"+username+"@")
		matches("password", found.Password, `^[0-9a-f]{32}$`)
		equal("resource_uri", found.ResourceURI, p.env.uri("Endpoint/"+id+"/"))
	}
	p.account("GET", "Endpoint/{endpoint_id}/", func() {
		found := must(service.Get(id))
		filled(found, "AppID") // the answer names the application by its path
		isIt(*found)
	})
	p.account("GET", "Endpoint/", func() {
		listed := must(service.List(plivo.EndpointListParams{Limit: 20}))
		matches("api_id", listed.ApiID, uuidForm)
		isIt(*one("the endpoint", listed.Objects, func(each *plivo.Endpoint) bool { return each.EndpointID == id }))
		isTrue("meta counts it", listed.Meta.TotalCount >= 1)
	})
	p.account("DELETE", "Endpoint/{endpoint_id}/", func() {
		done(service.Delete(id))
		gone(service.Get(id))
	})
}

func tokens(p *program) {
	p.account("POST", "JWT/Token/", func() {
		made := must(p.client.Token.Create(plivo.TokenCreateParams{
			Iss: p.env.authId, Sub: "ana", IncomingAllow: true, OutgoingAllow: true,
		}))
		filled(made)
		parts := strings.Split(made.Token, ".")
		equal("parts of the token", len(parts), 3)
		var claims struct {
			Iss, Sub string
			Per      struct {
				Voice struct {
					Incoming bool `json:"incoming_allow"`
					Outgoing bool `json:"outgoing_allow"`
				}
			}
		}
		done(json.Unmarshal(must(base64.RawURLEncoding.DecodeString(parts[1])), &claims))
		equal("iss, sub", [2]string{claims.Iss, claims.Sub}, [2]string{p.env.authId, "ana"})
		isTrue("it may call and be called", claims.Per.Voice.Incoming && claims.Per.Voice.Outgoing)
	})
}
