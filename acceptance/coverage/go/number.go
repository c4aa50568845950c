package main

import (
	"strings"

	"github.com/plivo/plivo-go/v7"
)

// What a number has only when it is registered, belongs to a subaccount or an application, or its seller said so.
var unsetOfNumber = []string{
	"Description", "City", "Application", "SubAccount", "SubAccountName", "TendlcCampaignID",
	"TollFreeSMSVerification", "TollFreeSMSVerificationID", "TollFreeSMSVerificationOrderStatus", "CNAMLookup",
}

func numbers(p *program) {
	service := p.client.Numbers
	number, alias := p.env.numbers[0], p.env.named("number")
	p.account("POST", "Number/{number}/", func() {
		changed := must(service.Update(number, plivo.NumberUpdateParams{Alias: alias}))
		matches("api_id", changed.ApiId, uuidForm)
		equal("message", changed.Message, "changed")
	})
	isIt := func(found plivo.Number) {
		filled(found, unsetOfNumber...)
		equal("number, alias", [2]string{found.Number, found.Alias}, [2]string{number, alias})
		equal("number_type, country, carrier", [3]string{found.NumberType, found.Country, found.Carrier}, [3]string{"local", "UNITED STATES", "Plivo"})
		for _, day := range []string{found.AddedOn, found.RenewalDate} {
			matches("a day", day, `^\d{4}-\d\d-\d\d$`)
		}
		equal("resource_uri", found.ResourceURI, p.env.uri("Number/"+number+"/"))
		isTrue("it does voice, SMS and MMS", found.VoiceEnabled && found.SMSEnabled && found.MMSEnabled && found.PlivoNumber)
		for _, rate := range []string{found.VoiceRate, found.SMSRate, found.MMSRate, found.MonthlyRentalRate} {
			matches("a rate", rate, amount)
		}
	}
	p.account("GET", "Number/{number}/", func() { isIt(*must(service.Get(number))) })
	p.account("GET", "Number/", func() {
		listed := must(service.List(plivo.NumberListParams{NumberStartsWith: number, Alias: alias, Services: "voice,sms", Limit: 5}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("total_count, limit, offset", [3]int64{listed.Meta.TotalCount, listed.Meta.Limit, listed.Meta.Offset}, [3]int64{1, 5, 0})
		isIt(*one("the number", listed.Objects, func(each *plivo.Number) bool { return each.Number == number }))
	})
	own := p.env.ownNumber
	p.account("POST", "Number/", func() {
		added := must(service.Create(plivo.NumberCreateParams{Numbers: own, Carrier: p.env.carrier, Region: "Texas", NumberType: "local"}))
		matches("api_id", added.ApiId, uuidForm)
		equal("message", added.Message, "changed")
		found := must(service.Get(own))
		equal("number", found.Number, own)
		isTrue("it is not rented", !found.PlivoNumber)
	})
	p.account("DELETE", "Number/{number}/", func() {
		done(service.Delete(own))
		gone(service.Get(own))
	})
}

func phoneNumbers(p *program) {
	service := p.client.PhoneNumbers
	var number string
	p.account("GET", "PhoneNumber/", func() {
		listed := must(service.List(plivo.PhoneNumberListParams{CountryISO: "US", Type: "local", Services: "voice,sms", Limit: 2}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("limit", listed.Meta.Limit, 2)
		filled(listed.Objects, "Prefix", "RateCenter", "Restriction", "RestrictionText", "FallbackNumber")
		for _, each := range listed.Objects {
			matches("number", each.Number, `^1\d{10}$`)
			equal("type, country", [2]string{each.Type, each.Country}, [2]string{"fixed", "UNITED STATES"})
			equal("resource_uri", each.ResourceURI, p.env.uri("PhoneNumber/"+each.Number+"/"))
			isTrue("it does voice and SMS", each.VoiceEnabled && each.SmsEnabled)
			for _, rate := range []string{each.VoiceRate, each.SmsRate, each.MmsRate, each.MonthlyRentalRate, each.SetupRate} {
				matches("a rate", rate, amount)
			}
		}
		number = listed.Objects[0].Number
	})
	p.account("POST", "PhoneNumber/{number}/", func() {
		bought := must(service.Create(number, plivo.PhoneNumberCreateParams{}))
		filled(bought, "FallbackNumber")
		equal("message, status", [2]string{bought.Message, bought.Status}, [2]string{"created", "fulfilled"})
		equal("numbers", len(bought.Numbers), 1)
		equal("number, its status", [2]string{bought.Numbers[0].Number, bought.Numbers[0].Status}, [2]string{number, "Success"})
		equal("the number of the account", must(p.client.Numbers.Get(number)).Number, number)
	})
	p.prepares("the number is given back", func() { done(p.client.Numbers.Delete(number)) })
}

func pricing(p *program) {
	p.account("GET", "Pricing/", func() {
		found := must(p.client.Pricing.Get("US"))
		filled(found, "IP", "Tollfree", "OriginationPrefix")
		equal("country_iso, country", [2]string{found.CountryISO, found.Country}, [2]string{"US", "United States"})
		equal("country_code", found.CountryCode, 1)
		for _, rate := range []string{
			found.Message.Outbound.Rate, found.Message.Inbound.Rate, found.Voice.Inbound.Local.Rate, found.Voice.Outbound.Local.Rate,
			found.PhoneNumbers.Local.Rate,
		} {
			matches("a rate", rate, amount)
		}
		first := found.Voice.Outbound.Rates[0]
		equal("the first prefix", first.Prefix[0], "1")
		equal("its origination", strings.Join(first.OriginationPrefix, ","), "")
		equal("its origins", len(first.OriginationPrefix), 1)
	})
}

func lookup(p *program) {
	p.proves("GET /v1/Number/{number}", func() {
		found := must(p.client.Lookup.Get(p.env.numbers[0], plivo.LookupParams{}))
		filled(found, "MobileCountryCode", "MobileNetworkCode")
		equal("phone_number", found.PhoneNumber, "+"+p.env.numbers[0])
		equal("country", *found.Country, plivo.Country{Name: "United States", ISO2: "US", ISO3: "USA"})
		equal("e164", found.Format.E164, "+"+p.env.numbers[0])
		equal("carrier type", found.Carrier.Type, "fixed")
		equal("resource_uri", found.ResourceURI, "/v1/Number/+"+p.env.numbers[0]+"?type=carrier")
	})
}
