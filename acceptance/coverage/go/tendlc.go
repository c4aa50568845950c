package main

import (
	"github.com/plivo/plivo-go/v7"
)

// longText is above every minimum that campaigns have.
const longText = "A text that is long enough for every minimum that campaigns have."

// What a business has only when it is listed at a stock exchange or known to another registry.
var unsetOfBusiness = []string{
	"PrimaryProfile", "StockSymbol", "StockExchange", "AltBusinessID", "AltBusinessidType", "PlivoSubaccount", "Next", "Previous",
}

func profileParams(alias string) plivo.CreateProfileRequestParams {
	return plivo.CreateProfileRequestParams{
		ProfileAlias: alias, CustomerType: "DIRECT", EntityType: "PRIVATE", CompanyName: "Corner Shop", Ein: "12-3456789", EinIssuingCountry: "US",
		Address: &plivo.Address{Street: "1 Main St", City: "Austin", State: "TX", PostalCode: "78701", Country: "US"},
		Website: "example.com", Vertical: "RETAIL", BusinessContactEmail: "shop@example.com", DoingBusinessAs: "Corner",
		AuthorizedContact: &plivo.AuthorizedContact{
			FirstName: "Ana", LastName: "Lopez", Phone: "14155550100", Email: "ana@example.com", Title: "Ms", Seniority: "CEO",
		},
	}
}

func profiles(p *program) {
	service := p.client.Profile
	wanted := profileParams(p.env.named("profile"))
	var id string
	p.account("POST", "Profile/", func() {
		made := must(service.Create(wanted))
		filled(made)
		matches("profile_uuid", made.ProfileUUID, uuidForm)
		equal("message", made.Message, "Profile created successfully.")
		id = made.ProfileUUID
	})
	isIt := func(found plivo.Profile, company string) {
		filled(found, unsetOfBusiness...)
		equal("profile_uuid, profile_alias, company_name", [3]string{found.ProfileUUID, found.ProfileAlias, found.CompanyName},
			[3]string{id, wanted.ProfileAlias, company})
		equal("customer_type, entity_type, vertical, ein", [4]string{found.CustomerType, found.EntityType, found.Vertical, found.Ein},
			[4]string{"DIRECT", "PRIVATE", "RETAIL", "12-3456789"})
		equal("address", found.Address, *wanted.Address)
		equal("authorized_contact", found.AuthorizedContact, *wanted.AuthorizedContact)
		equal("business_contact_email, doing_business_as", [2]string{found.BusinessContactEmail, found.DoingBusinessAs},
			[2]string{"shop@example.com", "Corner"})
		matches("created_at", found.CreatedAt, rfc3339)
	}
	p.account("GET", "Profile/{profile_uuid}/", func() {
		found := must(service.Get(id))
		matches("api_id", found.ApiID, uuidForm)
		isIt(found.Profile, "Corner Shop")
	})
	p.account("POST", "Profile/{profile_uuid}/", func() {
		changed := must(service.Update(id, plivo.UpdateProfileRequestParams{
			EntityType: "PRIVATE", CompanyName: "Other Shop", Address: wanted.Address, Website: "example.com", Vertical: "RETAIL",
			AuthorizedContact: wanted.AuthorizedContact,
		}))
		matches("api_id", changed.ApiID, uuidForm)
		isIt(changed.Profile, "Other Shop")
	})
	p.account("GET", "Profile/", func() {
		listed := must(service.List(plivo.ProfileListParams{Limit: 20}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("limit, offset", [2]int64{listed.Meta.Limit, listed.Meta.Offset}, [2]int64{20, 0})
		isIt(one("the profile", listed.ProfileResponse, func(each plivo.Profile) bool { return each.ProfileUUID == id }), "Other Shop")
	})
	p.account("DELETE", "Profile/{profile_uuid}/", func() {
		deleted := must(service.Delete(id))
		filled(deleted)
		equal("message", deleted.Message, "Profile deleted successfully.")
		gone(service.Get(id))
	})
}

func tendlc(p *program) {
	var profile string
	p.prepares("a profile for a brand", func() {
		profile = must(p.client.Profile.Create(profileParams(p.env.named("business")))).ProfileUUID
	})
	brand := brands(p, profile)
	campaigns(p, brand)
	p.account("DELETE", "10dlc/Brand/{brand_id}/", func() {
		deleted := must(p.client.Brand.Delete(brand))
		filled(deleted)
		equal("brand_id, message", [2]string{deleted.BrandID, deleted.Message}, [2]string{brand, "Brand Deactivated"})
		gone(p.client.Brand.Get(brand))
	})
	p.prepares("the profile is deleted", func() { must(p.client.Profile.Delete(profile)) })
}

func brands(p *program, profile string) (id string) {
	service := p.client.Brand
	alias, yes := p.env.named("brand"), "true"
	p.account("POST", "10dlc/Brand/", func() {
		made := must(service.Create(plivo.BrandCreationParams{
			BrandAlias: alias, Type: "STANDARD", ProfileUUID: profile, SecondaryVetting: &yes, URL: p.env.webhook("brand"), Method: "POST",
		}))
		filled(made)
		id = made.BrandID
	})
	isIt := func(found plivo.Brand) {
		filled(found, append(unsetOfBusiness, "DeclinedReasons")...)
		equal("brand_id, brand_alias, brand_type, profile_uuid", [4]string{found.BrandID, found.BrandAlias, found.BrandType, found.ProfileUUID},
			[4]string{id, alias, "STANDARD", profile})
		equal("registration_status, vetting_status", [2]string{found.RegistrationStatus, found.VettingStatus}, [2]string{"COMPLETED", "ACTIVE"})
		isTrue("it has a vetting score", found.VettingScore > 0)
		equal("city", found.Address.City, "Austin")
		equal("first name", found.AuthorizedContact.FirstName, "Ana")
		matches("created_at", found.CreatedAt, rfc3339)
	}
	p.account("GET", "10dlc/Brand/{brand_id}/", func() {
		found := eventually("the registration", func() *plivo.BrandGetResponse { return must(service.Get(id)) },
			func(found *plivo.BrandGetResponse) bool { return found.Brand.RegistrationStatus == "COMPLETED" })
		matches("api_id", found.ApiID, uuidForm)
		isIt(found.Brand)
	})
	p.account("GET", "10dlc/Brand/", func() {
		kind, status := "STANDARD", "COMPLETED"
		listed := must(service.List(plivo.BrandListParams{Type: &kind, Status: &status, Limit: 20}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("limit", listed.Meta.Limit, 20)
		isTrue("meta counts it", listed.Meta.TotalCount >= 1)
		isIt(one("the brand", listed.BrandResponse, func(each plivo.Brand) bool { return each.BrandID == id }))
	})
	p.account("GET", "10dlc/Brand/{brand_id}/usecases/", func() {
		found := must(service.Usecases(id))
		filled(found)
		equal("brand_id", found.BrandID, id)
		one("2FA", found.Usecases, func(each plivo.Usecase) bool { return each.Code == "2FA" })
	})
	return id
}

func campaigns(p *program, brand string) {
	service := p.client.Campaign
	alias, sample, no := p.env.named("campaign"), longText, false
	var id string
	// Declined at first, so that it can be changed; the change goes through.
	p.account("POST", "10dlc/Campaign/", func() {
		made := must(service.Create(plivo.CampaignCreationParams{
			BrandID: brand, CampaignAlias: &alias, Vertical: "RETAIL", Usecase: "MIXED", SubUsecases: &[]string{"2FA", "MARKETING"},
			Description: longText + " #reject:1001", EmbeddedLink: &no, EmbeddedPhone: &no, AgeGated: &no, DirectLending: &no,
			SubscriberOptin: true, SubscriberOptout: true, SubscriberHelp: true, Sample1: &sample, Sample2: &sample, Sample3: &sample,
			URL: p.env.webhook("campaign"), Method: "POST", MessageFlow: longText, HelpMessage: longText, OptinKeywords: "START,YES",
			OptinMessage: longText, OptoutKeywords: "STOP", OptoutMessage: longText, HelpKeywords: "HELP",
			TermsAndConditionsLink: "https://example.com/terms", PrivacyPolicyLink: "https://example.com/privacy",
		}))
		filled(made, "Message")
		id = made.CampaignID
	})
	becomes := func(status string) *plivo.CampaignGetResponse {
		return eventually("campaign "+status, func() *plivo.CampaignGetResponse { return must(service.Get(id)) },
			func(found *plivo.CampaignGetResponse) bool { return found.Campaign.RegistrationStatus == status })
	}
	isIt := func(found plivo.Campaign) {
		equal("campaign_id, brand_id, campaign_alias, usecase, sub_usecase",
			[5]string{found.CampaignID, found.BrandID, found.CampaignAlias, found.Usecase, found.SubUsecase},
			[5]string{id, brand, alias, "MIXED", "2FA,MARKETING"})
		attributes := found.CampaignAttributes
		isTrue("subscribers opt in and out", attributes.SubscriberOptin && attributes.SubscriberOptout && attributes.SubscriberHelp)
		isTrue("it has no links", !attributes.EmbeddedLink && !attributes.EmbeddedPhone && !attributes.AgeGated && !attributes.AffiliateMarketing)
		matches("created_at", found.CreatedAt, rfc3339)
	}
	unset := []string{"ResellerID", "SampleMessage4", "SampleMessage5", "ErrorCode", "ErrorReason", "ErrorDescription", "BrandTier"}
	p.account("POST", "10dlc/Campaign/{campaign_id}/", func() {
		equal("error_code", becomes("FAILED").Campaign.ErrorCode, "1001")
		changed := must(service.Update(id, plivo.CampaignUpdateParams{Description: longText, Sample1: longText, HelpMessage: longText}))
		matches("api_id", changed.ApiID, uuidForm)
		equal("description", changed.Campaign.CampaignDescription, longText)
		isIt(changed.Campaign)
	})
	p.account("GET", "10dlc/Campaign/{campaign_id}/", func() {
		found := becomes("ACTIVE")
		filled(found, unset...)
		isIt(found.Campaign)
		isTrue("it has messages a minute", found.Campaign.MnoMetadata.ATandT.TPM > 0 && found.Campaign.MnoMetadata.TMobile.BrandTier != "")
	})
	p.account("GET", "10dlc/Campaign/", func() {
		usecase := "MIXED"
		listed := must(service.List(plivo.CampaignListParams{BrandID: &brand, Usecase: &usecase, Limit: 5}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("total_count, limit", [2]int64{listed.Meta.TotalCount, listed.Meta.Limit}, [2]int64{1, 5})
		isIt(one("the campaign", listed.CampaignResponse, func(each plivo.Campaign) bool { return each.CampaignID == id }))
	})
	campaignNumbers(p, func() string { return id }, alias)
	p.account("POST", "10dlc/Campaign/Import/", func() {
		imported := must(service.Import(plivo.ImportCampaignParams{CampaignID: "C" + p.env.run, CampaignAlias: alias + "-2"}))
		filled(imported)
		equal("campaign_id", imported.CampaignID, "C"+p.env.run)
	})
	p.account("DELETE", "10dlc/Campaign/{campaign_id}/", func() {
		deleted := must(service.Delete(id))
		filled(deleted)
		equal("campaign_id, message", [2]string{deleted.CampaignID, deleted.Message}, [2]string{id, "Campaign Deactivated"})
		gone(service.Get(id))
	})
	p.prepares("the imported campaign is deleted", func() { must(service.Delete("C" + p.env.run)) })
}

func campaignNumbers(p *program, id func() string, alias string) {
	service := p.client.Campaign
	number := p.env.numbers[1]
	linked := func(status string) func(*plivo.CampaignNumberGetResponse) bool {
		return func(found *plivo.CampaignNumberGetResponse) bool {
			return len(found.CampaignNumbers) == 1 && found.CampaignNumbers[0] == plivo.CampaignNumber{Number: number, Status: status}
		}
	}
	isIt := func(found *plivo.CampaignNumberGetResponse) {
		filled(found, "CampaignNumberSummary")
		equal("campaign_id, campaign_alias, usecase", [3]string{found.CampaignID, found.CampaignAlias, found.CampaignUseCase}, [3]string{id(), alias, "MIXED"})
	}
	p.account("POST", "10dlc/Campaign/{campaign_id}/Number/", func() {
		answer := must(service.NumberLink(id(), plivo.CampaignNumberLinkParams{Numbers: []string{number}, URL: p.env.webhook("link"), Method: "POST"}))
		filled(answer)
	})
	p.account("GET", "10dlc/Campaign/{campaign_id}/Number/{number}/", func() {
		isIt(eventually("the link", func() *plivo.CampaignNumberGetResponse { return must(service.NumberGet(id(), number)) }, linked("COMPLETED")))
		equal("campaign of the number", must(p.client.Numbers.Get(number)).TendlcCampaignID, id())
	})
	p.account("GET", "10dlc/Campaign/{campaign_id}/Number/", func() {
		found := must(service.NumbersGet(id(), plivo.CampaignNumbersGetParams{Limit: 5}))
		isIt(found)
		isTrue("the number is in the list", linked("COMPLETED")(found))
		isTrue("there is a limit of the pool", found.NumberPoolLimit > 0)
		equal("completed numbers", found.CampaignNumberSummary["COMPLETED"], 1)
	})
	p.account("DELETE", "10dlc/Campaign/{campaign_id}/Number/{number}/", func() {
		answer := must(service.NumberUnlink(id(), number, plivo.CampaignNumberUnlinkParams{URL: p.env.webhook("link"), Method: "POST"}))
		filled(answer)
		eventually("the unlinking",
			func() *plivo.CampaignNumberGetResponse {
				return must(service.NumbersGet(id(), plivo.CampaignNumbersGetParams{}))
			},
			func(found *plivo.CampaignNumberGetResponse) bool { return len(found.CampaignNumbers) == 0 })
	})
}

func tollFree(p *program) {
	service := p.client.TollFreeRequestVerification
	number := p.env.tollFree[0]
	var profile, id string
	p.prepares("a profile for a toll-free number", func() {
		profile = must(p.client.Profile.Create(profileParams(p.env.named("tollfree")))).ProfileUUID
	})
	p.account("POST", "TollfreeVerification/", func() {
		made := must(service.Create(plivo.TollfreeVerificationCreateParams{
			ProfileUUID: profile, Usecase: "2FA", UsecaseSummary: "Codes", MessageSample: "Your code is 1", OptInImageURL: "https://example.com/a.png",
			OptInType: "VERBAL", Volume: "1,000", AdditionalInformation: "#update", ExtraData: "42", Number: number,
			CallbackURL: p.env.webhook("tollfree"), CallbackMethod: "POST",
		}))
		filled(made)
		equal("message", made.Message, "created")
		id = made.UUID
	})
	isIt := func(found plivo.TollfreeVerification, volume string) {
		filled(found, "ErrorMessage")
		equal("uuid, profile_uuid, number, usecase, volume", [5]string{found.UUID, found.ProfileUUID, found.Number, found.Usecase, found.Volume},
			[5]string{id, profile, number, "2FA", volume})
		equal("optin_image_url", *found.OptinImageURL, "https://example.com/a.png")
		equal("callback_url, callback_method", [2]string{found.CallbackURL, found.CallbackMethod}, [2]string{p.env.webhook("tollfree"), "POST"})
		isRecent("created", found.Created)
		isRecent("last_modified", found.LastModified)
	}
	p.account("GET", "TollfreeVerification/{tollfree_verification_uuid}/", func() {
		isIt(*eventually("the decision", func() *plivo.TollfreeVerification { return must(service.Get(id)) },
			func(found *plivo.TollfreeVerification) bool { return found.Status == "UPDATE_REQUIRED" }), "1,000")
	})
	p.account("POST", "TollfreeVerification/{tollfree_verification_uuid}/", func() {
		changed := must(service.Update(id, plivo.TollfreeVerificationUpdateParams{AdditionalInformation: "#wait", Volume: "10,000"}))
		filled(changed)
	})
	p.account("GET", "TollfreeVerification/", func() {
		listed := must(service.List(plivo.TollfreeVerificationListParams{Number: number, ProfileUUID: profile, Limit: 5}))
		matches("api_id", listed.APIID, uuidForm)
		equal("total_count, limit", [2]int64{listed.Meta.TotalCount, listed.Meta.Limit}, [2]int64{1, 5})
		isIt(one("the verification", listed.Objects, func(each plivo.TollfreeVerification) bool { return each.UUID == id }), "10,000")
	})
	p.account("DELETE", "TollfreeVerification/{tollfree_verification_uuid}/", func() {
		done(service.Delete(id))
		gone(service.Get(id))
	})
	p.prepares("the profile is deleted", func() { must(p.client.Profile.Delete(profile)) })
}
