package main

import (
	"io"
	"net/http"
	"os"

	"github.com/plivo/plivo-go/v7"
)

func media(p *program) {
	service := p.client.Media
	image := p.env.file("image.png")
	var id, url string
	var size int
	p.account("POST", "Media/", func() {
		size = int(must(os.Stat(image)).Size())
		made := must(service.Upload(plivo.MediaUpload{UploadFiles: []plivo.Files{{FilePath: image, ContentType: "image/png"}}}))
		filled(made, "ErrorMessage")
		equal("files", len(made.Media), 1)
		got := made.Media[0]
		equal("file_name, content_type, status", [3]string{got.FileName, got.ContentType, got.Status}, [3]string{"image.png", "image/png", "success"})
		equal("size, status_code, error_code", [3]int{got.Size, got.StatusCode, got.ErrorCode}, [3]int{size, 201, 0})
		matches("media_id", got.MediaID, uuidForm)
		matches("upload_time", got.UploadTime, rfc3339)
		id, url = got.MediaID, got.URL
	})
	isIt := func(found plivo.Media) {
		filled(found)
		equal("media_id, media_url", [2]string{found.MediaID, found.URL}, [2]string{id, url})
		equal("file_name, content_type", [2]string{found.FileName, found.ContentType}, [2]string{"image.png", "image/png"})
		equal("size", found.Size, size)
	}
	p.account("GET", "Media/{media_id}/", func() {
		isIt(*must(service.Get(id)))
		file := must(http.Get(url))
		defer file.Body.Close()
		equal("octets of the file", len(must(io.ReadAll(file.Body))), size)
	})
	p.account("GET", "Media/", func() {
		listed := must(service.List(plivo.MediaListParams{Limit: 20}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("limit", listed.Meta.Limit, 20)
		isTrue("meta counts it", listed.Meta.TotalCount >= 1)
		isIt(one("the file", listed.Media, func(each plivo.Media) bool { return each.MediaID == id }))
	})
}

// What a message has only with a campaign, a Powerpack, DLT, WhatsApp, a failure or a sender that was replaced.
var unsetOfMessage = []string{
	"CloudRate", "CarrierRate", "ErrorMessage", "PowerpackID", "ReplacedSender", "TendlcCampaignID",
	"ConversationID", "ConversationOrigin", "ConversationExpirationTimestamp", "DLTEntityID", "DLTTemplateID", "DLTTemplateCategory",
	"DestinationNetwork",
}

func messages(p *program) {
	service := p.client.Messages
	from, to := p.env.numbers[0], p.env.phones[0]
	text := p.env.named("message")
	var id string
	p.account("POST", "Message/", func() {
		made := must(service.Create(plivo.MessageCreateParams{
			Src: from, Dst: to, Text: text, Type: "sms", URL: p.env.webhook("message"), Method: "POST", Log: true,
		}))
		filled(made, "Error")
		equal("message", made.Message, "message(s) queued")
		equal("uuids", len(made.MessageUUID), 1)
		id = made.MessageUUID[0]
		matches("message_uuid", id, uuidForm)
		eventually("the text at the phone", func() inbox { return p.inboxOf(to) }, func(found inbox) bool {
			for _, message := range found.Messages {
				if message.Text == text {
					return true
				}
			}
			return false
		})
	})
	isIt := func(found plivo.Message) {
		equal("message_uuid, from_number, to_number", [3]string{found.MessageUUID, found.FromNumber, found.ToNumber}, [3]string{id, from, to})
		equal("message_type, message_direction, message_state",
			[3]string{found.MessageType, found.MessageDirection, found.MessageState}, [3]string{"sms", "outbound", "delivered"})
		equal("resource_uri", found.ResourceURI, p.env.uri("Message/"+id+"/"))
		equal("destination_country_iso2", found.DestinationCountryISO2, "US")
		equal("error_code, tendlc_registration_status, log", [3]string{found.ErrorCode, found.TendlcRegistrationStatus, found.Log},
			[3]string{"000", "unregistered", "true"})
		isTrue("it is domestic", found.IsDomestic != nil && *found.IsDomestic)
		matches("total_amount", found.TotalAmount, amount)
		for _, at := range []string{found.MessageTime, found.MessageSentTime, found.MessageUpdatedTime} {
			matches("a time", at, timeForm)
		}
	}
	p.account("GET", "Message/{message_uuid}/", func() {
		found := eventually("the delivery", func() *plivo.Message { return must(service.Get(id)) },
			func(found *plivo.Message) bool { return found.MessageState == "delivered" })
		filled(found, unsetOfMessage...)
		isIt(*found)
	})
	p.account("GET", "Message/", func() {
		listed := must(service.List(plivo.MessageListParams{Limit: 20, MessageDirection: "outbound", MessageState: "delivered", MessageType: "sms"}))
		matches("api_id", listed.ApiID, uuidForm)
		equal("limit, offset", [2]int64{listed.Meta.Limit, listed.Meta.Offset}, [2]int64{20, 0})
		isIt(one("the message", listed.Objects, func(each plivo.Message) bool { return each.MessageUUID == id }))
	})
	p.account("GET", "Message/{message_uuid}/Media/", func() {
		file := must(p.client.Media.Upload(plivo.MediaUpload{
			UploadFiles: []plivo.Files{{FilePath: p.env.file("image.png"), ContentType: "image/png"}},
		})).Media[0]
		sent := must(service.Create(plivo.MessageCreateParams{Src: from, Dst: to, Text: text, Type: "mms", MediaIds: []string{file.MediaID},
			MediaUrls: []string{p.env.stage + "/media/image.png"}}))
		listed := eventually("the media", func() *plivo.MediaListResponseBody { return must(service.ListMedia(sent.MessageUUID[0])) },
			func(listed *plivo.MediaListResponseBody) bool { return len(listed.Objects) == 2 })
		filled(listed, "ApiID") // that of the answer, not of each file
		for _, got := range listed.Objects {
			equal("message_uuid, content_type", [2]string{got.MessageUUID, got.ContentType}, [2]string{sent.MessageUUID[0], "image/png"})
			matches("media_id", got.MediaID, uuidForm)
			equal("size", got.Size, int64(file.Size))
		}
	})
}
