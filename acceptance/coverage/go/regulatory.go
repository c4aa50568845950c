package main

import (
	"github.com/plivo/plivo-go/v7"
)

func endUsers(p *program) {
	service := p.client.EndUsers
	name := p.env.named("user")
	var id string
	p.account("POST", "EndUser/", func() {
		made := must(service.Create(plivo.EndUserParams{Name: name, LastName: "Ltd", EndUserType: "business"}))
		filled(made)
		equal("name, last_name, end_user_type, message", [4]string{made.Name, made.LastName, made.EndUserType, made.Message},
			[4]string{name, "Ltd", "business", "created"})
		isRecent("created_at", made.CreatedAt)
		id = made.EndUserID
	})
	p.account("POST", "EndUser/{end_user_id}/", func() {
		changed := must(service.Update(plivo.UpdateEndUserParams{EndUserID: id, EndUserParams: plivo.EndUserParams{Name: name, LastName: "Inc"}}))
		matches("api_id", changed.ApiId, uuidForm)
		equal("message", changed.Message, "changed")
	})
	isIt := func(found plivo.EndUserGetResponse) {
		filled(found)
		equal("end_user_id, name, last_name, end_user_type", [4]string{found.EndUserID, found.Name, found.LastName, found.EndUserType},
			[4]string{id, name, "Inc", "business"})
		isRecent("created_at", found.CreatedAt)
	}
	p.account("GET", "EndUser/{end_user_id}/", func() { isIt(*must(service.Get(id))) })
	p.account("GET", "EndUser/", func() {
		listed := must(service.List(plivo.EndUserListParams{Name: name, EndUserType: "business", Limit: 5}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("total_count, limit", [2]int64{listed.Meta.TotalCount, listed.Meta.Limit}, [2]int64{1, 5})
		isIt(one("the end user", listed.Objects, func(each plivo.EndUserGetResponse) bool { return each.EndUserID == id }))
	})
	p.account("DELETE", "EndUser/{end_user_id}/", func() {
		done(service.Delete(id))
		gone(service.Get(id))
	})
}

// What an Indian business has to prove, and with what.
const (
	registration = "Registration Certificate"
	taxes        = "GST Certificate"
	businessName = "Acme"
	taxNumber    = "22AAAAA0000A1Z"
)

func complianceApplications(p *program) {
	var user string
	p.prepares("an end user", func() {
		user = must(p.client.EndUsers.Create(plivo.EndUserParams{Name: businessName, LastName: "Ltd", EndUserType: "business"})).EndUserID
	})
	types := documentTypes(p)
	requirement := complianceRequirements(p, types)
	documents := complianceDocuments(p, user, types)
	service := p.client.ComplianceApplications
	alias := p.env.named("compliance")
	var id string
	p.account("POST", "ComplianceApplication/", func() {
		isTrue("there are documents", len(documents) == 2)
		made := must(service.Create(plivo.CreateComplianceApplicationParams{
			ComplianceRequirementId: requirement, EndUserId: user, DocumentIds: documents[:1], Alias: alias,
		}))
		filled(made, "RejectionReason")
		equal("alias, status, end_user_id, country_iso2, number_type, end_user_type",
			[6]string{made.Alias, made.Status, made.EndUserID, made.CountryIso2, made.NumberType, made.EndUserType},
			[6]string{alias, "draft", user, "IN", "local", "business"})
		equal("documents", len(made.Documents), 1)
		isRecent("created_at", made.CreatedAt)
		id = made.ComplianceApplicationID
	})
	p.account("POST", "ComplianceApplication/{compliance_application_id}/", func() {
		changed := must(service.Update(plivo.UpdateComplianceApplicationParams{ComplianceApplicationId: id, DocumentIds: documents}))
		matches("api_id", changed.ApiId, uuidForm)
		equal("message", changed.Message, "changed")
	})
	p.account("POST", "ComplianceApplication/{compliance_application_id}/Submit/", func() {
		submitted := must(service.Submit(id))
		filled(submitted)
		equal("compliance_application_id, status", [2]string{submitted.ComplianceApplicationID, submitted.Status}, [2]string{id, "submitted"})
		equal("documents", len(submitted.Documents), 2)
	})
	p.account("GET", "ComplianceApplication/{compliance_application_id}/", func() {
		found := eventually("the decision", func() *plivo.ComplianceApplicationResponse { return must(service.Get(id)) },
			func(found *plivo.ComplianceApplicationResponse) bool { return found.Status == "accepted" })
		filled(found, "RejectionReason")
		equal("alias, compliance_requirement_id", [2]string{found.Alias, found.ComplianceRequirementID}, [2]string{alias, requirement})
	})
	p.account("GET", "ComplianceApplication/", func() {
		listed := must(service.List(plivo.ComplianceApplicationListParams{
			EndUserID: user, Country: "IN", NumberType: "local", EndUserType: "business", Alias: alias, Status: "accepted", Limit: 5,
		}))
		filled(listed, "Next", "Previous", "RejectionReason")
		equal("total_count, limit, found", [3]int{listed.Meta.TotalCount, listed.Meta.Limit, len(listed.Objects)}, [3]int{1, 5, 1})
		equal("compliance_application_id", listed.Objects[0].ComplianceApplicationID, id)
	})
	p.account("DELETE", "ComplianceApplication/{compliance_application_id}/", func() {
		done(service.Delete(id))
		gone(service.Get(id))
	})
	p.account("DELETE", "ComplianceDocument/{compliance_document_id}/", func() {
		isTrue("there are documents", len(documents) == 2)
		for _, document := range documents {
			done(p.client.ComplianceDocuments.Delete(document))
			gone(p.client.ComplianceDocuments.Get(document))
		}
	})
	p.prepares("the end user is deleted", func() { done(p.client.EndUsers.Delete(user)) })
}

func documentTypes(p *program) map[string]string {
	service := p.client.ComplianceDocumentTypes
	types := map[string]string{}
	p.account("GET", "ComplianceDocumentType/", func() {
		listed := must(service.List(plivo.BaseListParams{Limit: 20}))
		filled(listed, "Next", "Previous", "Format", "Enums")
		equal("limit", listed.Meta.Limit, 20)
		for _, each := range listed.Objects {
			types[each.DocumentName] = each.DocumentTypeID
			_, isFlag := each.ProofRequired.(bool)
			isTrue("proof_required is a boolean", isFlag)
		}
	})
	p.account("GET", "ComplianceDocumentType/{compliance_document_type_id}/", func() {
		found := must(service.Get(types[registration]))
		filled(found, "Format", "Enums")
		equal("document_name", found.DocumentName, registration)
		equal("field_name, field_type", [2]string{found.Information[0].FieldName, found.Information[0].FieldType}, [2]string{"business_name", "string"})
		isTrue("the field has a length", found.Information[0].MaxLength > found.Information[0].MinLength)
	})
	return types
}

func complianceRequirements(p *program, types map[string]string) (id string) {
	service := p.client.ComplianceRequirements
	isIt := func(found *plivo.GetComplianceRequirementResponse) {
		filled(found)
		equal("country_iso2, number_type, end_user_type", [3]string{found.CountryIso2, found.NumberType, found.EndUserType},
			[3]string{"IN", "local", "business"})
		equal("kinds of documents", len(found.AcceptableDocumentTypes), 2)
		equal("the first", found.AcceptableDocumentTypes[0].AcceptableDocuments[0].DocumentTypeID, types[registration])
	}
	p.account("GET", "ComplianceRequirement/", func() {
		found := must(service.List(plivo.ListComplianceRequirementParams{CountryIso2: "IN", NumberType: "local", EndUserType: "business"}))
		isIt(found)
		id = found.ComplianceRequirementID
	})
	p.account("GET", "ComplianceRequirement/{compliance_requirement_id}/", func() {
		found := must(service.Get(id))
		isIt(found)
		equal("compliance_requirement_id", found.ComplianceRequirementID, id)
	})
	return id
}

func complianceDocuments(p *program, user string, types map[string]string) (ids []string) {
	service := p.client.ComplianceDocuments
	alias := p.env.named("document")
	p.account("POST", "ComplianceDocument/", func() {
		for _, name := range []string{registration, taxes} {
			made := must(service.Create(plivo.CreateComplianceDocumentParams{
				File: p.env.file("document.pdf"), EndUserID: user, DocumentTypeID: types[name], Alias: alias, BusinessName: businessName,
				UniqueIdentificationNumber: taxNumber,
			}))
			matches("document_id", made.DocumentID, uuidForm)
			equal("alias, file_name, end_user_id, document_type_id", [4]string{made.Alias, made.FileName, made.EndUserID, made.DocumentTypeID},
				[4]string{alias, "document.pdf", user, types[name]})
			equal("business_name", made.MetaInformation.BusinessName, businessName)
			ids = append(ids, made.DocumentID)
		}
	})
	first := func() string {
		isTrue("there is a document", len(ids) > 0)
		return ids[0]
	}
	p.account("POST", "ComplianceDocument/{compliance_document_id}/", func() {
		// The SDK sends the file and nothing else that may change: its reflection does not look into the embedded parameters.
		changed := must(service.Update(plivo.UpdateComplianceDocumentParams{
			ComplianceDocumentID:           first(),
			CreateComplianceDocumentParams: plivo.CreateComplianceDocumentParams{File: p.env.file("letter.pdf")},
		}))
		matches("api_id", changed.ApiId, uuidForm)
		equal("message", changed.Message, "changed")
	})
	p.account("GET", "ComplianceDocument/{compliance_document_id}/", func() {
		found := must(service.Get(first()))
		matches("api_id", found.APIID, uuidForm)
		equal("document_id, alias, file_name, end_user_id", [4]string{found.DocumentID, found.Alias, found.FileName, found.EndUserID},
			[4]string{first(), alias, "letter.pdf", user})
		equal("business_name, unique_identification_number",
			[2]string{found.MetaInformation.BusinessName, found.MetaInformation.UniqueIdentificationNumber}, [2]string{businessName, taxNumber})
		matches("created_at", found.CreatedAt, rfc3339)
	})
	p.account("GET", "ComplianceDocument/", func() {
		listed := must(service.List(plivo.ComplianceDocumentListParams{EndUserID: user, Alias: alias, Limit: 5}))
		equal("total_count, limit, found", [3]int{listed.Meta.TotalCount, listed.Meta.Limit, len(listed.Objects)}, [3]int{2, 5, 2})
		for _, each := range listed.Objects {
			contains("the document", ids, each.ComplianceDocumentID)
			equal("end_user_id, alias", [2]string{each.EndUserID, each.Alias}, [2]string{user, alias})
			isRecent("created_at", each.CreatedAt)
		}
	})
	return ids
}

func phoneNumberCompliance(p *program) {
	service := p.client.PhoneNumberCompliance
	alias := p.env.named("unified")
	var documents []plivo.PhoneNumberComplianceDocumentParams
	p.account("GET", "PhoneNumber/Compliance/Requirements/", func() {
		found := must(p.client.PhoneNumberComplianceRequirements.Get(plivo.PhoneNumberComplianceRequirementGetParams{
			CountryISO: "IN", NumberType: "local", UserType: "business",
		}))
		filled(found, "Description", "Format", "Enums")
		equal("country_iso, number_type, user_type", [3]string{found.CountryISO, found.NumberType, found.UserType}, [3]string{"IN", "local", "business"})
		equal("kinds of documents", len(found.DocumentTypes), 2)
		for _, each := range found.DocumentTypes {
			isTrue("a proof is required", each.ProofRequired && each.RequiredFields[0].Required)
			values := map[string]string{}
			for _, field := range each.RequiredFields {
				values[field.FieldName] = map[string]string{"business_name": businessName, "unique_identification_number": taxNumber}[field.FieldName]
			}
			documents = append(documents, plivo.PhoneNumberComplianceDocumentParams{
				DocumentTypeID: each.DocumentTypeID, DataFields: values, File: p.env.file("document.pdf"),
			})
		}
	})
	var id string
	p.account("POST", "PhoneNumber/Compliance/", func() {
		made := must(service.Create(plivo.PhoneNumberComplianceCreateParams{
			CountryISO: "IN", NumberType: "local", Alias: alias + " #reject:blurred", Documents: documents,
			EndUser: plivo.PhoneNumberComplianceEndUserParams{
				Type: "business", Name: businessName, LastName: "Ltd", Email: "a@example.com", AddressLine1: "1 MG Road", City: "Bengaluru",
				State: "KA", PostalCode: "560001", Country: "IN", RegistrationNumber: "U1",
			},
			CallbackURL: p.env.webhook("compliance"), CallbackMethod: "POST",
		}))
		filled(made)
		matches("compliance_id", made.ComplianceID, uuidForm)
		id = made.ComplianceID
	})
	becomes := func(status string) *plivo.PhoneNumberComplianceGetResponse {
		return eventually("compliance "+status,
			func() *plivo.PhoneNumberComplianceGetResponse {
				return must(service.Get(id, plivo.PhoneNumberComplianceGetParams{Expand: "end_user,documents,linked_numbers"}))
			},
			func(found *plivo.PhoneNumberComplianceGetResponse) bool { return found.Compliance.Status == status })
	}
	p.account("PATCH", "PhoneNumber/Compliance/{compliance_id}/", func() {
		matches("rejection_reason", becomes("rejected").Compliance.RejectionReason, "blurred")
		changed := must(service.Update(id, plivo.PhoneNumberComplianceUpdateParams{
			Alias: alias, Documents: documents, EndUser: &plivo.PhoneNumberComplianceEndUserUpdateParams{Email: "b@example.com"},
		}))
		matches("message", changed.Message, "resubmitted")
		equal("compliance_id, alias", [2]string{changed.Compliance.ComplianceID, changed.Compliance.Alias}, [2]string{id, alias})
	})
	p.account("POST", "PhoneNumber/Compliance/Link/", func() {
		becomes("accepted")
		linked := must(p.client.PhoneNumberComplianceLink.BulkLink(plivo.PhoneNumberComplianceBulkLinkParams{
			Numbers: []plivo.PhoneNumberComplianceLinkNumber{{Number: p.env.indian, ComplianceApplicationID: id}},
		}))
		equal("total_count, updated_count, report", [3]int{linked.TotalCount, linked.UpdatedCount, len(linked.Report)}, [3]int{1, 1, 1})
		equal("number", linked.Report[0].Number, p.env.indian)
		filled(linked, "Remarks")
	})
	p.account("GET", "PhoneNumber/Compliance/{compliance_id}/", func() {
		found := becomes("accepted")
		filled(found, "RejectionReason", "AddressLine2")
		compliance := found.Compliance
		equal("alias, country_iso, number_type, user_type", [4]string{compliance.Alias, compliance.CountryISO, compliance.NumberType, compliance.UserType},
			[4]string{alias, "IN", "local", "business"})
		equal("callback_url", compliance.CallbackURL, p.env.webhook("compliance"))
		equal("name, email", [2]string{compliance.EndUser.Name, compliance.EndUser.Email}, [2]string{businessName, "b@example.com"})
		equal("documents", len(compliance.Documents), 2)
		equal("linked_numbers", compliance.LinkedNumbers[0], plivo.PhoneNumberComplianceLinkedNumber{Number: p.env.indian, NumberType: "local"})
		matches("updated_at", compliance.UpdatedAt, rfc3339)
	})
	p.account("GET", "PhoneNumber/Compliance/", func() {
		listed := must(service.List(plivo.PhoneNumberComplianceListParams{Alias: alias, Status: "accepted", CountryISO: "IN", UserType: "business", Limit: 5}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("total_count, limit, found", [3]int{listed.Meta.TotalCount, listed.Meta.Limit, len(listed.Compliances)}, [3]int{1, 5, 1})
		equal("compliance_id", listed.Compliances[0].ComplianceID, id)
	})
	p.account("DELETE", "PhoneNumber/Compliance/{compliance_id}/", func() {
		deleted := must(service.Delete(id))
		filled(deleted)
		equal("compliance_id", deleted.ComplianceID, id)
		gone(service.Get(id, plivo.PhoneNumberComplianceGetParams{}))
	})
}
