import com.plivo.api.models.verify.Verify;
import com.plivo.api.models.verify_session.VerifySession;

/** Verification of numbers by code: sessions, and caller ids of the account. */
final class VerifyRoutes {
  private final Report report;

  VerifyRoutes(Report report) {
    this.report = report;
  }

  void run() {
    sessions();
    callerIds();
  }

  private void sessions() {
    String brand = "J" + World.RUN;
    String id =
        report.route(
            "POST Verify/Session/",
            () -> {
              var creator =
                  VerifySession.creator(
                      null, World.PHONE_2, "sms", World.stage("/webhook/verify"), "POST", "en_US", brand, null, 6, null, null);
              return Expect.matches(Expect.UUID, Expect.filled(creator.create()).getSessionUuid());
            });
    report.check(
        "POST Verify/Session/{session_uuid}/",
        () -> {
          String code = World.inbox(World.PHONE_2, 0, brand + " verification code is (\\d{6})");
          var validated = Expect.filled(VerifySession.validation(id, code).create());
          Expect.equal("session validated successfully.", validated.getMessage());
        });
    report.check(
        "GET Verify/Session/{session_uuid}/",
        () -> {
          var session = Expect.filled(VerifySession.getter(id).get(), "destination_network");
          Expect.equal("verified", session.getStatus());
          Expect.equal(World.PHONE_2, session.getRecipient());
          Expect.equal("1", session.getCount());
          Expect.matches(Expect.RFC_3339, session.getCreatedAt());
          var attempt = Expect.filled(Expect.only(session.getAttemptDetails()), "app_hash", "dtmf", "fraud_check");
          Expect.matches(Expect.RFC_3339, attempt.getTime());
          Expect.filled(Expect.only(Expect.filled(session.getCharges()).getAttemptCharges()));
        });
    report.check(
        "GET Verify/Session/",
        () -> {
          var page = VerifySession.lister().status("verified").recipient(World.PHONE_2).limit(5).list();
          Expect.matches(Expect.UUID, page.getApiId());
          Expect.that(Expect.some(page.getSessions()).stream().anyMatch((one) -> id.equals(one.getSessionUuid())), "it is not listed");
        });
  }

  private void callerIds() {
    String alias = World.named("caller");
    String phone = World.PHONE_3;
    int[] before = {0};
    String verification =
        report.route(
            "POST VerifiedCallerId/",
            () -> {
              before[0] = World.messages(phone);
              var begun = Verify.initiateVerify().phoneNumber(phone).alias(alias).channel("sms").create();
              Expect.given(begun.getMessage(), "message");
              Expect.matches(Expect.UUID, begun.getApiId());
              return Expect.matches(Expect.UUID, begun.getVerificationUuid());
            });
    report.check(
        "POST VerifiedCallerId/Verification/{verification_uuid}/",
        () -> {
          String code = World.inbox(phone, before[0], "(?<!\\d)(\\d{6})(?!\\d)");
          var verified = Verify.verifyCallerId(verification).otp(code).create();
          Expect.equal(alias, verified.getAlias());
          Expect.equal("US", verified.getCountry());
          Expect.that(verified.getPhoneNumber().endsWith(phone), verified.getPhoneNumber());
          Expect.matches(Expect.RFC_3339, verified.getCreatedAt());
          Expect.equal("sms", verified.getChannel());
        });
    report.check(
        "POST VerifiedCallerId/{phone_number}/",
        () -> {
          var changed = Verify.updateVerifiedCallerID(phone).alias(alias + "!").update();
          Expect.equal(alias + "!", changed.getAlias());
          Expect.matches(Expect.RFC_3339, changed.getModifiedAt());
        });
    report.check(
        "GET VerifiedCallerId/{phone_number}/",
        () -> {
          var found = Expect.filled(Verify.getVerifiedCallerID(phone).get(), "subaccount");
          Expect.equal(alias + "!", found.getAlias());
          Expect.matches(Expect.UUID, found.getVerificationUuid());
        });
    report.check(
        "GET VerifiedCallerId/",
        () -> {
          var page = Expect.filled(Verify.listVerifiedCallerID().limit(5).offset(0).get());
          Expect.that(page.getMeta().getTotalCount() > 0, "total_count");
          for (var one : page.getObjects()) Expect.part(one, "subaccount", "message");
        });
    report.check(
        "DELETE VerifiedCallerId/{phone_number}/",
        () -> {
          Verify.deleteVerifiedCallerID(phone).delete();
          Expect.gone(() -> Verify.getVerifiedCallerID(phone).get());
        });
  }
}
