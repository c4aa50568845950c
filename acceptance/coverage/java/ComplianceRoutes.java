import com.fasterxml.jackson.databind.JsonNode;
import com.plivo.api.models.address.Address;
import com.plivo.api.models.complianceapplication.ComplianceApplication;
import com.plivo.api.models.compliancedocument.ComplianceDocument;
import com.plivo.api.models.compliancedocumenttype.ComplianceDocumentType;
import com.plivo.api.models.compliancerequirement.ComplianceRequirement;
import com.plivo.api.models.compliancerequirement.ComplianceRequirementLister;
import com.plivo.api.models.enduser.EndUser;
import com.plivo.api.models.identity.Identity;
import java.time.LocalDate;

/** Who uses numbers of regulated countries: end users, their papers, applications; addresses and identities. */
final class ComplianceRoutes {
  private static final String APPLICATION = "ComplianceApplication/{compliance_application_id}/";
  private static final String DOCUMENT = "ComplianceDocument/{compliance_document_id}/";
  private final Report report;

  ComplianceRoutes(Report report) {
    this.report = report;
  }

  void run() {
    String endUser = endUser();
    String requirement = requirement();
    String[] documents = documents(endUser);
    application(endUser, requirement, documents);
    report.check(
        "DELETE " + DOCUMENT,
        () -> {
          for (String id : documents) ComplianceDocument.deleter(id).delete();
          Expect.gone(() -> ComplianceDocument.getter(documents[0]).get());
        });
    report.check(
        "DELETE EndUser/{end_user_id}/",
        () -> {
          EndUser.deleter(endUser).delete();
          Expect.gone(() -> EndUser.getter(endUser).get());
        });
    addresses();
    identities();
  }

  private String endUser() {
    String id =
        report.route(
            "POST EndUser/",
            () -> {
              var created = Expect.filled(EndUser.creator("Acme", "Ltd", "business").create());
              return Expect.matches(Expect.UUID, created.getEndUserId());
            });
    report.check("POST EndUser/{end_user_id}/", () -> Expect.filled(EndUser.updater(id).lastName("Inc").update()));
    report.check(
        "GET EndUser/{end_user_id}/",
        () -> {
          var found = Expect.filled(EndUser.getter(id).get());
          Expect.equal("Inc", found.getLastName());
          Expect.matches(Expect.RFC_3339, found.getCreatedAt());
        });
    report.check(
        "GET EndUser/",
        () -> {
          for (EndUser one : Expect.listed(EndUser.lister().limit(5).list())) Expect.part(one);
        });
    return id;
  }

  private String requirement() {
    String id =
        report.route(
            "GET ComplianceRequirement/",
            () -> {
              var found = Expect.filled(new ComplianceRequirementLister(World.required("COVERAGE_NUMBER_IN")).endUserType("business").get());
              Expect.equal("IN", found.getCountryIso2());
              for (var type : found.getAcceptableDocumentTypes()) Expect.filled(type);
              return found.getComplianceRequirementID();
            });
    report.check(
        "GET ComplianceRequirement/{compliance_requirement_id}/",
        () -> {
          var found = Expect.filled(ComplianceRequirement.getter(id).get());
          Expect.equal(id, found.getComplianceRequirementID());
          Expect.equal("business", found.getEndUserType());
        });
    return id;
  }

  private String typeNamed(String name) throws Exception {
    return Expect.listed(ComplianceDocumentType.lister().limit(20).list()).stream()
        .filter((type) -> name.equals(type.getDocumentName()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no document type " + name))
        .getDocumentTypeID();
  }

  private String[] documents(String endUser) {
    String certificate =
        report.route(
            "GET ComplianceDocumentType/",
            () -> {
              for (var one : Expect.listed(ComplianceDocumentType.lister().limit(5).list())) Expect.part(one);
              return typeNamed("Registration Certificate");
            });
    report.check(
        "GET ComplianceDocumentType/{compliance_document_type_id}/",
        () -> {
          var type = Expect.filled(ComplianceDocumentType.getter(certificate).get());
          Expect.equal("Registration Certificate", type.getDocumentName());
          Expect.filled(type.getInformation()[0], "format");
        });
    String[] ids = new String[2];
    report.check(
        "POST ComplianceDocument/",
        () -> {
          ids[0] = document(endUser, certificate);
          ids[1] = document(endUser, typeNamed("GST Certificate"));
        });
    report.check(
        "POST " + DOCUMENT,
        () ->
            Expect.filled(
                ComplianceDocument.updater(ids[0]).setAlias(World.named("changed")).setFile(World.file("document.pdf")).update()));
    report.check(
        "GET " + DOCUMENT,
        () -> {
          Expect.filled(ComplianceDocument.getter(ids[0]).get());
          JsonNode shown = World.api("ComplianceDocument/" + ids[0] + "/");
          Expect.equal(World.named("changed"), shown.path("alias").asText());
          Expect.equal("document.pdf", shown.path("file_name").asText());
        });
    report.check(
        "GET ComplianceDocument/",
        () -> {
          var found = Expect.listed(ComplianceDocument.lister().endUserId(endUser).list());
          Expect.equal(2, found.size());
          for (var one : found) Expect.part(one);
        });
    return ids;
  }

  /** The SDK's classes of documents have no getter but of what is in them, and so do not read the id either. */
  private static String document(String endUser, String type) throws Exception {
    var creator = ComplianceDocument.creator(endUser, type, World.named("paper"));
    creator.setBusinessName("Acme");
    creator.setUniqueIdentificationNumber("22AAAAA0000A1Z");
    creator.setFile(World.file("document.pdf"));
    Expect.filled(creator.create());
    JsonNode found = World.api("ComplianceDocument/?document_type_id=" + type + "&end_user_id=" + endUser).path("objects").path(0);
    return Expect.matches(Expect.UUID, found.path("compliance_document_id").asText());
  }

  private void application(String endUser, String requirement, String[] documents) {
    String alias = World.named("application");
    String id =
        report.route(
            "POST ComplianceApplication/",
            () -> {
              var creator = ComplianceApplication.creator(alias, endUser, new String[] {documents[0]});
              creator.setComplianceRequirementId(requirement);
              var created = Expect.filled(creator.create());
              Expect.equal("draft", created.getStatus());
              return created.getComplianceApplicationId();
            });
    report.check(
        "POST " + APPLICATION, () -> Expect.filled(ComplianceApplication.updater(id).setDocumentIds(documents).update()));
    report.check(
        "POST " + APPLICATION + "Submit/",
        () -> Expect.equal("submitted", Expect.filled(ComplianceApplication.submitter(id).submit()).getStatus()));
    report.check(
        "GET " + APPLICATION,
        () -> {
          World.becomes("accepted", () -> ComplianceApplication.getter(id).get().getStatus());
          var found = Expect.filled(ComplianceApplication.getter(id).get(), "rejection_reason");
          Expect.equal(endUser, found.getEndUserId());
          Expect.equal(2, found.getDocuments().length);
          for (var one : found.getDocuments()) Expect.part(one);
        });
    report.check(
        "GET ComplianceApplication/",
        () -> {
          var found = Expect.only(Expect.listed(ComplianceApplication.lister().alias(alias).status("accepted").list()));
          Expect.equal(id, Expect.part(found, "rejection_reason").getComplianceApplicationId());
        });
    report.check(
        "DELETE " + APPLICATION,
        () -> {
          ComplianceApplication.deleter(id).delete();
          Expect.gone(() -> ComplianceApplication.getter(id).get());
        });
  }

  /** The SDK looks for `app_id` in these answers, which nobody sends. */
  private static final String NEVER_SENT = "app_id";

  private void addresses() {
    String alias = World.named("address");
    report.check(
        "POST Verification/Address/",
        () -> {
          var creator = Address.creator("GB", "Mr", "Tom", "Hill", "1 High St", "Flat 2", "London", "Greater London", "N1 1AA");
          Expect.filled(creator.alias(alias).addressProofType("passport").create(), NEVER_SENT);
        });
    String[] notShown = {
      "subaccount", "address_proof_type", "fiscal_identification_code", "street_code", "municipal_code"
    };
    String id =
        report.route(
            "GET Verification/Address/",
            () -> {
              Address found =
                  Expect.listed(Address.lister().limit(20).list()).stream().filter((one) -> alias.equals(one.getAlias())).findFirst().orElse(null);
              return Expect.part(found, notShown).getId();
            });
    report.check(
        "POST Verification/Address/{address_id}/",
        () -> Expect.filled(Address.updater(id).city("Leeds").update(), NEVER_SENT));
    report.check(
        "GET Verification/Address/{address_id}/",
        () -> {
          Address found = Expect.filled(Address.getter(id).get(), notShown);
          Expect.equal("Leeds", found.getCity());
          Expect.equal("Tom", found.getFirstName());
        });
    report.check(
        "DELETE Verification/Address/{address_id}/",
        () -> {
          Address.deleter(id).delete();
          Expect.gone(() -> Address.getter(id).get());
        });
  }

  private void identities() {
    String alias = World.named("identity");
    report.check(
        "POST Verification/Identity/",
        () -> {
          var creator =
              Identity.creator(
                  "GB", "Ms", "Ann", "Hill", "London", LocalDate.of(1990, 1, 31), "GB", "GB", LocalDate.of(2020, 2, 29), "Hill Ltd",
                  "passport", "123456789", "1 High St", "Flat 2", "London", "Greater London", "N1 1AA");
          Expect.filled(creator.alias(alias).create(), NEVER_SENT);
        });
    String[] notShown = {"subaccount", "fiscal_identification_code", "street_code", "municipal_code"};
    String id =
        report.route(
            "GET Verification/Identity/",
            () -> {
              Identity found =
                  Expect.listed(Identity.lister().limit(20).list()).stream().filter((one) -> alias.equals(one.getAlias())).findFirst().orElse(null);
              return Expect.part(found, notShown).getId();
            });
    report.check(
        "POST Verification/Identity/{identity_id}/",
        () -> Expect.filled(Identity.updater(id).city("Leeds").update(), NEVER_SENT));
    report.check(
        "GET Verification/Identity/{identity_id}/",
        () -> {
          Identity found = Expect.filled(Identity.getter(id).get(), notShown);
          Expect.equal("Leeds", found.getCity());
          Expect.equal("passport", found.getIdType());
        });
    report.check(
        "DELETE Verification/Identity/{identity_id}/",
        () -> {
          Identity.deleter(id).delete();
          Expect.gone(() -> Identity.getter(id).get());
        });
  }
}
