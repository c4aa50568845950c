package main

import (
	"net/http"
	"strings"

	"github.com/plivo/plivo-go/v7"
)

func powerpacks(p *program) {
	name := p.env.named("powerpack")
	longCode, tollFree, shortCode := p.env.numbers[2], p.env.tollFree[1], p.env.shortCode
	text := func(value string) *string { return &value }
	priorities := []plivo.NumberPriority{{
		ServiceType: "SMS", CountryISO: "US",
		Priority: plivo.Priority{Priority1: text("longcode"), Priority2: text("tollfree"), Priority3: text("shortcode")},
	}}
	var id, pool string
	isIt := func(found plivo.Powerpack, name string) {
		filled(found, "ApplicationType", "ApplicationID", "NumberPriorities")
		equal("uuid, name", [2]string{found.UUID, found.Name}, [2]string{id, name})
		matches("number_pool", found.NumberPoolUUID, "^"+p.env.uri("NumberPool/")+`[0-9a-f-]{36}/$`)
		matches("created_on", found.CreatedOn, rfc3339)
		isTrue("it has a sticky sender and local connect", found.StickySender && found.LocalConnect)
	}
	p.account("POST", "Powerpack/", func() {
		made := must(p.client.Powerpack.Create(plivo.PowerackCreateParams{
			Name: name, StickySender: true, LocalConnect: true, NumberPriorities: priorities,
		}))
		matches("api_id", made.ApiID, uuidForm)
		id = made.UUID
		isIt(made.Powerpack, name)
	})
	var pack *plivo.PowerpackService
	p.account("GET", "Powerpack/{powerpack_uuid}/", func() {
		pack = must(p.client.Powerpack.Get(id))
		isIt(pack.Powerpack, name)
		filled(pack.NumberPriorities)
		equal("priority1", *pack.NumberPriorities[0].Priority.Priority1, "longcode")
		pool = strings.Split(pack.NumberPoolUUID, "/")[5]
	})
	p.account("GET", "Powerpack/", func() {
		listed := must(p.client.Powerpack.List(plivo.PowerpackListParams{Limit: 20}))
		matches("api_id", listed.ApiID, uuidForm)
		isIt(one("the powerpack", listed.Objects, func(each plivo.Powerpack) bool { return each.UUID == id }), name)
	})
	if pack == nil {
		pack = p.client.Powerpack // every step below fails then, and says why
	}
	p.account("POST", "Powerpack/{powerpack_uuid}/", func() {
		changed := must(pack.Update(plivo.PowerackUpdateParams{Name: name + "-2", StickySender: true, LocalConnect: true}))
		matches("api_id", changed.ApiID, uuidForm)
		isIt(changed.Powerpack, name+"-2")
	})
	poolNumbers(p, pack, func() string { return pool }, longCode)
	poolTollFree(p, pack, func() string { return pool }, tollFree)
	poolShortCodes(p, pack, func() string { return pool }, shortCode)
	p.account("DELETE", "Powerpack/{powerpack_uuid}/", func() {
		removed(must(pack.Delete(plivo.PowerpackDeleteParams{UnrentNumbers: false})))
		gone(pack.List_tollfree())
		equal("the number of the account", must(p.client.Numbers.Get(longCode)).Number, longCode)
	})
}

func removed(answer *plivo.PowerpackDeleteResponse) {
	matches("api_id", answer.ApiID, uuidForm)
	equal("response", answer.Response, "success")
}

func poolNumbers(p *program, pack *plivo.PowerpackService, pool func() string, number string) {
	isIt := func(found plivo.NumberPoolResponse, number string) {
		filled(found)
		equal("number, number_pool_uuid", [2]string{found.Number, found.Number_pool_uuid}, [2]string{number, pool()})
		equal("type, country_iso2", [2]string{found.Type, found.Country_iso2}, [2]string{"fixed", "US"})
		equal("account_phone_number_resource", found.Account_phone_number_resource, p.env.uri("Number/"+number+"/"))
		matches("added_on", found.Added_on, rfc3339)
	}
	var bought string
	p.account("POST", "NumberPool/{number_pool_uuid}/Number/{number}/", func() {
		added := must(pack.Add_number(number))
		isIt(added.NumberPoolResponse, number)
		equal("service", added.Service, "sms")
		again := must(pack.AddNumberWithOptions(number, plivo.PowerpackAddNumberOptions{Service: "mms"}))
		isIt(again.NumberPoolResponse, number)
		equal("service", again.Service, "mms")
		found := must(pack.Buy_add_number(plivo.BuyPhoneNumberParam{Country_iso2: "US", Type: "local"}))
		bought = found.Number
		isIt(found.NumberPoolResponse, bought)
	})
	p.account("GET", "NumberPool/{number_pool_uuid}/Number/{number}/", func() {
		found := must(pack.Find_numbers(number))
		matches("api_id", found.ApiID, uuidForm)
		isIt(found.NumberPoolResponse, number)
		isIt(must(pack.FindNumbersWithOptions(number, plivo.PowerpackFindNumberOptions{Service: "mms"})).NumberPoolResponse, number)
	})
	p.account("GET", "NumberPool/{number_pool_uuid}/Number/", func() {
		listed := must(pack.List_numbers(plivo.PowerpackSearchParam{Starts_with: number[1:5], Country_iso2: "US", Type: "fixed", Limit: "10"}))
		matches("api_id", listed.ApiID, uuidForm)
		isIt(one("the number", listed.Objects, func(each plivo.NumberPoolResponse) bool { return each.Number == number }), number)
		equal("count", must(pack.Count_numbers(plivo.PowerpackSearchParam{})), 2)
	})
	p.account("DELETE", "NumberPool/{number_pool_uuid}/Number/{number}/", func() {
		removed(&must(pack.Remove_number(bought, plivo.NumberRemoveParams{Unrent: true})).PowerpackDeleteResponse)
		removed(&must(pack.Remove_number(number, plivo.NumberRemoveParams{})).PowerpackDeleteResponse)
		gone(pack.Find_numbers(number))
		gone(p.client.Numbers.Get(bought))
	})
}

func poolTollFree(p *program, pack *plivo.PowerpackService, pool func() string, number string) {
	isIt := func(found plivo.Tollfree) {
		filled(found)
		equal("number, number_pool_uuid", [2]string{found.Tollfree, found.NumberPoolUUID}, [2]string{number, pool()})
		equal("service, country_iso2", [2]string{found.Service, found.Country_iso2}, [2]string{"sms", "US"})
		matches("added_on", found.Added_on, rfc3339)
	}
	p.account("POST", "NumberPool/{number_pool_uuid}/Tollfree/{tollfree}/", func() {
		added := must(pack.Add_tollfree(number))
		filled(added, "Error")
		equal("number, type", [2]string{added.Number, added.Type}, [2]string{number, "tollfree"})
	})
	p.account("GET", "NumberPool/{number_pool_uuid}/Tollfree/{tollfree}/", func() {
		found := must(pack.Find_tollfree(number))
		matches("api_id", found.ApiID, uuidForm)
		isIt(found.Tollfree)
	})
	p.account("GET", "NumberPool/{number_pool_uuid}/Tollfree/", func() {
		listed := must(pack.List_tollfree())
		matches("api_id", listed.ApiID, uuidForm)
		equal("total_count", listed.Meta.TotalCount, 1)
		isIt(one("the number", listed.Objects, func(each plivo.Tollfree) bool { return each.Tollfree == number }))
	})
	p.account("DELETE", "NumberPool/{number_pool_uuid}/Tollfree/{tollfree}/", func() {
		removed(&must(pack.Remove_tollfree(number, plivo.NumberRemoveParams{})).PowerpackDeleteResponse)
		gone(pack.Find_tollfree(number))
	})
}

func poolShortCodes(p *program, pack *plivo.PowerpackService, pool func() string, code string) {
	isIt := func(found plivo.ShortCode) {
		filled(found)
		equal("shortcode, number_pool_uuid", [2]string{found.Shortcode, found.Number_pool_uuid}, [2]string{code, pool()})
		equal("country_iso2", found.Country_iso2, "US")
		matches("added_on", found.Added_on, rfc3339)
	}
	p.prepares("the operator puts a short code into the pool", func() {
		p.operator(http.MethodPost, "number-pools/"+pool()+"/shortcodes", map[string]string{"shortcode": code}, nil)
	})
	p.account("GET", "NumberPool/{number_pool_uuid}/Shortcode/{shortcode}/", func() {
		found := must(pack.Find_shortcode(code))
		matches("api_id", found.ApiID, uuidForm)
		isIt(found.ShortCode)
	})
	p.account("GET", "NumberPool/{number_pool_uuid}/Shortcode/", func() {
		listed := must(pack.List_shortcodes())
		matches("api_id", listed.ApiID, uuidForm)
		isIt(one("the short code", listed.Objects, func(each plivo.ShortCode) bool { return each.Shortcode == code }))
	})
	p.account("DELETE", "NumberPool/{number_pool_uuid}/Shortcode/{shortcode}/", func() {
		removed(&must(pack.Remove_shortcode(code)).PowerpackDeleteResponse)
		gone(pack.Find_shortcode(code))
	})
}
