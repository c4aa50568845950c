package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
)

// operator asks the operator API, and reads the answer into `answer` when that is given.
func (p *program) operator(method, path string, body, answer any) {
	var payload bytes.Buffer
	if body != nil {
		done(json.NewEncoder(&payload).Encode(body))
	}
	request := must(http.NewRequest(method, p.env.server+"/ringdown/v1/"+path, &payload))
	request.Header.Set("Authorization", "Bearer "+p.env.operatorToken)
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: requestTimeout}
	response := must(client.Do(request))
	defer response.Body.Close()
	text := must(io.ReadAll(response.Body))
	if response.StatusCode > 299 {
		fail("%s %s was answered with %d: %s", method, path, response.StatusCode, text)
	}
	if answer != nil {
		done(json.Unmarshal(text, answer))
	}
}

type inbox struct {
	Messages []struct {
		Text string `json:"text"`
	} `json:"messages"`
}

func (p *program) inboxOf(phone string) inbox {
	var found inbox
	p.operator(http.MethodGet, "phones/"+phone+"/messages", nil, &found)
	return found
}

// codeSent begins something that texts a code to the phone, and gives the code: the first group of the pattern.
func (p *program) codeSent(phone, pattern string, begin func()) string {
	form := regexp.MustCompile(pattern)
	before := len(p.inboxOf(phone).Messages)
	begin()
	var code string
	eventually("a text with a code", func() inbox { return p.inboxOf(phone) }, func(found inbox) bool {
		for _, message := range found.Messages[min(before, len(found.Messages)):] {
			if parts := form.FindStringSubmatch(message.Text); parts != nil {
				code = parts[1]
				return true
			}
		}
		return false
	})
	return code
}
