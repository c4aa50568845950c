import com.plivo.api.Plivo;
import com.plivo.api.models.media.Media;
import com.plivo.api.models.message.Message;
import com.plivo.api.models.message.MessageType;
import com.plivo.api.models.message.MmsMedia;
import com.plivo.api.models.message.MmsMediaLister;
import java.net.URI;

/** Messages, their media, and uploaded media. */
final class MessageRoutes {
  private static final String[] NOT_EVERY_MESSAGE = {
    "error_message", "powerpack_id", "tendlc_campaign_id", "destination_network", "replaced_sender",
    "dlt_entity_id", "dlt_template_id", "dlt_template_category", "conversation_id", "conversation_origin", "conversation_expiration_timestamp"
  };
  private final Report report;

  MessageRoutes(Report report) {
    this.report = report;
  }

  void run() {
    String text = World.named("text");
    var sent =
        report.route(
            "POST Message/",
            () -> {
              var answer =
                  Expect.filled(
                      Message.creator(World.NUMBER, World.PHONE, text).url(URI.create(World.stage("/webhook/message")).toURL()).create());
              Expect.equal("message(s) queued", answer.getMessage());
              return Expect.matches(Expect.UUID, Expect.only(answer.getMessageUuid()));
            });
    report.check(
        "GET Message/{message_uuid}/",
        () -> {
          Expect.equal(text, World.inbox(World.PHONE, 0, "(" + text + ")"));
          World.becomes("delivered", () -> Message.getter(sent).get().getMessageState());
          Message message = Expect.filled(Message.getter(sent).get(), NOT_EVERY_MESSAGE);
          Expect.equal(World.NUMBER, message.getFromNumber());
          Expect.equal(World.PHONE, message.getToNumber());
          Expect.equal(1L, message.getUnits());
          Expect.equal("outbound", message.getMessageDirection());
          Expect.equal("US", message.getDestinationCountryIso2());
          Expect.matches(Expect.TIME, message.getMessageTime());
          Expect.matches(Expect.AMOUNT, message.getTotalAmount());
        });
    report.check(
        "GET Message/",
        () -> {
          // The SDK takes the total out of the meta of this list.
          var page = Message.lister().limit(5).offset(0).list();
          Expect.matches(Expect.UUID, page.getApiId());
          Expect.equal(5L, page.getMeta().getLimit());
          Expect.that(Expect.some(page.getObjects()).stream().anyMatch((one) -> one.getMessageUuid().equals(sent)), "it is not listed");
        });
    media();
  }

  private void media() {
    String mediaId =
        report.route(
            "POST Media/",
            () -> {
              var answer = Expect.filled(Media.creator(new String[] {World.file("image.png")}).create(), "message");
              var uploaded = Expect.filled(Expect.only(answer.getObjects()));
              Expect.equal("image/png", uploaded.getContentType());
              Expect.equal("success", uploaded.getStatus());
              Expect.equal(201, uploaded.getStatusCode());
              return uploaded.getMediaId();
            });
    report.check(
        "GET Media/{media_id}/",
        () -> {
          Media media = Expect.filled(Media.getter(mediaId).get());
          Expect.equal(mediaId, media.getMediaId());
          Expect.that(media.getSize() > 0, "the size is " + media.getSize());
        });
    report.check(
        "GET Media/",
        () -> {
          for (Media one : Expect.listed(Media.lister().limit(5).list())) Expect.part(one);
        });
    String mms =
        report.route(
            "POST Message/",
            () ->
                Expect.only(
                    Message.creator(World.NUMBER, World.PHONE, "a picture")
                        .type(MessageType.MMS)
                        .media_ids(new String[] {mediaId})
                        .create()
                        .getMessageUuid()));
    String part =
        report.route(
            "GET Message/{message_uuid}/Media/",
            () -> {
              MmsMedia found = Expect.only(new MmsMediaLister(mms).list().getObjects());
              Expect.equal(mms, Expect.part(found).getMessageUuid());
              return found.getMediaId();
            });
    report.check(
        "GET Message/{message_uuid}/Media/{media_id}/",
        () -> {
          MmsMedia found = Expect.filled(Message.getter(mms).get().getMedia(part).get());
          Expect.equal("image/png", found.getContentType());
          Expect.that(found.getSize() > 0, "the size is " + found.getSize());
        });
    // The SDK has no class for this one: it is called at the service that every class of it calls.
    report.check(
        "DELETE Message/{message_uuid}/Media/",
        () -> {
          var client = Plivo.getClient();
          var answer = client.getApiService().mmsMediaDelete(client.getAuthId(), mms).execute();
          Expect.that(answer.isSuccessful(), "it answers " + answer.code());
          Expect.equal(0, new MmsMediaLister(mms).list().getObjects().size());
        });
  }
}
