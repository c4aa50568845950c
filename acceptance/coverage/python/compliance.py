"""End users, documents, requirements and applications; addresses and identities."""

from surroundings import RFC_3339, RUN, UUID, api, file, matches
from walk import A, becomes, equal, given, gone, step

FIELDS = {
    "Registration Certificate": {"business_name": "Acme"},
    "GST Certificate": {"unique_identification_number": "22AAAAA0000A1Z"},
}
PERSON = {"country_iso": "FR", "salutation": "Ms", "first_name": "Ana", "last_name": "Lopez"}
PLACE = {"address_line1": "1 Rue", "address_line2": "-", "city": "Paris", "region": "IDF", "postal_code": "75002"}
BIRTH = {"birth_place": "Paris", "birth_date": "1990-01-01", "nationality": "FR"}
PASSPORT = {"id_nationality": "FR", "id_issue_date": "2020-01-01", "id_type": "passport", "id_number": "7"}


def walk_compliance():
    @step(f"POST {A}/EndUser/")
    def user():
        return matches(UUID, api.end_users.create(name="Acme", last_name=RUN, end_user_type="business").end_user_id)

    @step(f"GET {A}/EndUser/{{end_user_id}}/")
    def _():
        one = api.end_users.get(given(user, "end user"))
        equal((one.end_user_id, one.name, one.last_name, one.end_user_type), (user, "Acme", RUN, "business"))
        matches(RFC_3339, one.created_at)

    @step(f"GET {A}/EndUser/")
    def _():
        assert user in [one["end_user_id"] for one in api.end_users.list(limit=20, last_name=RUN).objects]

    @step(f"POST {A}/EndUser/{{end_user_id}}/")
    def _():
        api.end_users.update(given(user, "end user"), last_name="Inc")
        equal(api.end_users.get(user).last_name, "Inc")

    documents = walk_documents(user)
    walk_applications(user, documents)

    @step(f"DELETE {A}/ComplianceDocument/{{compliance_document_id}}/")
    def _():
        for document in given(documents, "documents"):
            api.compliance_documents.delete(document)
            gone(lambda document=document: api.compliance_documents.get(document))

    @step(f"DELETE {A}/EndUser/{{end_user_id}}/")
    def _():
        api.end_users.delete(given(user, "end user"))
        gone(lambda: api.end_users.get(user))

    walk_addresses()
    walk_identities()


def walk_documents(user):
    @step(f"GET {A}/ComplianceDocumentType/")
    def types():
        found = api.compliance_document_types.list(limit=20).objects
        return {one["document_name"]: one["document_type_id"] for one in found}

    @step(f"GET {A}/ComplianceDocumentType/{{compliance_document_type_id}}/")
    def _():
        wanted = given(types, "document types")["GST Certificate"]
        one = api.compliance_document_types.get(wanted)
        equal((one.document_type_id, one.document_name), (wanted, "GST Certificate"))
        equal((type(one.proof_required), type(one.information)), (bool, list))

    @step(f"POST {A}/ComplianceDocument/")
    def ids():
        made = [
            api.compliance_documents.create(given(user, "end user"), types[name], RUN, file("document.pdf"), **fields)
            for name, fields in FIELDS.items()
        ]
        return [matches(UUID, one.document_id) for one in made]

    @step(f"GET {A}/ComplianceDocument/{{compliance_document_id}}/")
    def _():
        one = api.compliance_documents.get(given(ids, "documents")[0])
        equal((one.document_id, one.end_user_id, one.alias, one.file_name), (ids[0], user, RUN, "document.pdf"))

    @step(f"GET {A}/ComplianceDocument/")
    def _():
        found = api.compliance_documents.list(end_user_id=given(user, "end user")).objects
        equal(sorted(one["compliance_document_id"] for one in found), sorted(given(ids, "documents")))

    @step(f"POST {A}/ComplianceDocument/{{compliance_document_id}}/")
    def _():
        api.compliance_documents.update(given(ids, "documents")[0], alias="changed")
        equal(api.compliance_documents.get(ids[0]).alias, "changed")

    return ids


def walk_applications(user, documents):
    applications = api.compliance_applications
    path = f"{A}/ComplianceApplication/{{compliance_application_id}}/"

    @step(f"GET {A}/ComplianceRequirement/")
    def requirement():
        found = api.compliance_requirements.list("IN", "local", "business")
        equal((found.country_iso2, found.number_type, found.end_user_type), ("IN", "local", "business"))
        equal(type(found.acceptable_document_types), list)
        return found.compliance_requirement_id

    @step(f"GET {A}/ComplianceRequirement/{{compliance_requirement_id}}/")
    def _():
        one = api.compliance_requirements.get(given(requirement, "requirement"))
        equal((one.compliance_requirement_id, one.country_iso2), (requirement, "IN"))

    @step(f"POST {A}/ComplianceApplication/")
    def uuid():
        made = applications.create(
            given(requirement, "requirement"), given(user, "end user"), given(documents, "documents")[:1], RUN
        )
        equal(made.status, "draft")
        return matches(UUID, made.compliance_application_id)

    @step(f"POST {path}")
    def _():
        applications.update(given(uuid, "application"), given(documents, "documents"))
        equal(len(applications.get(uuid).documents), 2)

    @step(f"POST {path}Submit/")
    def _():
        equal(applications.submit(given(uuid, "application")).status, "submitted")

    @step(f"GET {path}")
    def _():
        becomes("application", "accepted", lambda: applications.get(given(uuid, "application")).status)
        one = applications.get(uuid)
        equal((one.alias, one.country_iso2, one.number_type, one.end_user_id), (RUN, "IN", "local", user))

    @step(f"GET {A}/ComplianceApplication/")
    def _():
        found = applications.list(status="accepted", country_iso2="IN", limit=20).objects
        assert uuid in [one["compliance_application_id"] for one in found]

    @step(f"DELETE {path}")
    def _():
        applications.delete(given(uuid, "application"))
        gone(lambda: applications.get(uuid))


def walk_addresses():
    addresses = api.addresses

    @step(f"POST {A}/Verification/Address/")
    def _():
        more = {"address_proof_type": "passport", "alias": RUN, "file_to_upload": file("document.pdf")}
        assert addresses.create(**PERSON, **PLACE, **more).message

    @step(f"GET {A}/Verification/Address/")
    def uuid():
        found = [one for one in addresses.list(alias=RUN)]
        equal([one.alias for one in found], [RUN])
        return found[0].id

    @step(f"GET {A}/Verification/Address/{{address_id}}/")
    def _():
        becomes("address", "accepted", lambda: addresses.get(given(uuid, "address")).verification_status)
        one = addresses.get(uuid)
        equal((one.id, one.first_name, one.city, one.country_iso), (uuid, "Ana", "Paris", "FR"))

    @step(f"POST {A}/Verification/Address/{{address_id}}/")
    def _():
        addresses.update(given(uuid, "address"), salutation="Ms", first_name="Eva", last_name="Lopez", country_iso="FR")
        equal(addresses.get(uuid).first_name, "Eva")

    @step(f"DELETE {A}/Verification/Address/{{address_id}}/")
    def _():
        addresses.delete(given(uuid, "address"))
        gone(lambda: addresses.get(uuid))


def walk_identities():
    identities = api.identities

    @step(f"POST {A}/Verification/Identity/")
    def _():
        assert identities.create(**PERSON, **BIRTH, **PASSPORT, **PLACE, alias=RUN).message

    @step(f"GET {A}/Verification/Identity/")
    def uuid():
        found = [one for one in identities.list(alias=RUN)]
        equal([one.alias for one in found], [RUN])
        return found[0].id

    @step(f"GET {A}/Verification/Identity/{{identity_id}}/")
    def _():
        becomes("identity", "accepted", lambda: identities.get(given(uuid, "identity")).verification_status)
        one = identities.get(uuid)
        equal((one.id, one.first_name, one.id_type, one.id_number), (uuid, "Ana", "passport", "7"))

    @step(f"POST {A}/Verification/Identity/{{identity_id}}/")
    def _():
        identities.update(given(uuid, "identity"), **{**PERSON, "first_name": "Eva"}, **BIRTH, **PASSPORT, **PLACE)
        equal(identities.get(uuid).first_name, "Eva")

    @step(f"DELETE {A}/Verification/Identity/{{identity_id}}/")
    def _():
        identities.delete(given(uuid, "identity"))
        gone(lambda: identities.get(uuid))
