// What a program of a user looks like: the SDK as it comes, credentials from the environment.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/plivo/plivo-go/v7"
)

func main() {
	client, err := plivo.NewClient("", "", &plivo.ClientOptions{})
	if err != nil {
		log.Fatal(err)
	}
	source := os.Getenv("SRC")
	message, err := client.Messages.Create(plivo.MessageCreateParams{Src: source, Dst: os.Getenv("DST"), Text: "from Go"})
	if err != nil {
		log.Fatal(err)
	}
	call, err := client.Calls.Create(plivo.CallCreateParams{From: source, To: os.Getenv("CALLEE"), AnswerURL: "http://127.0.0.1:9/answer"})
	if err != nil {
		log.Fatal(err)
	}
	number, err := client.Lookup.Get(source, plivo.LookupParams{})
	if err != nil {
		log.Fatal(err)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"message": message.MessageUUID[0], "call": call.RequestUUID, "lookup": number.PhoneNumber})
}
