package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// requestTimeout is the SDK's own.
const requestTimeout = 10 * time.Second

// exchange is one request of the SDK and its answer, as they were on the wire.
type exchange struct {
	method      string
	path        string
	query       string
	status      int
	contentType string
	body        []byte
}

// wireLog keeps what the SDK sends and is answered. The SDK hides some failures: an answer without a body is a success to it whatever
// its status, and so is a voice request that was answered with 5xx three times.
type wireLog struct {
	mutex     sync.Mutex
	exchanges []exchange
}

func newWireLog() *wireLog { return &wireLog{} }

// client is an HTTP client that obeys the proxy and the certificates of the environment, as the SDK's default does.
func (w *wireLog) client() *http.Client { return &http.Client{Transport: w, Timeout: requestTimeout} }

func (w *wireLog) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.exchanges = append(w.exchanges, exchange{
		method:      request.Method,
		path:        request.URL.EscapedPath(),
		query:       request.URL.RawQuery,
		status:      response.StatusCode,
		contentType: response.Header.Get("Content-Type"),
		body:        body,
	})
	return response, nil
}

// taken gives what was exchanged since the last time it was asked.
func (w *wireLog) taken() []exchange {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	exchanges := w.exchanges
	w.exchanges = nil
	return exchanges
}

// route is method, path template and, for some, a query, as in "GET /v1/Account/{auth_id}/Call/?status=live".
type route string

// sentAs tells whether the request is one of the route. Runs of slashes count as one, as they do at the server.
func (r route) sentAs(x exchange) bool {
	method, rest, _ := strings.Cut(string(r), " ")
	path, query, _ := strings.Cut(rest, "?")
	if x.method != method || !strings.Contains("&"+x.query+"&", "&"+query+"&") && query != "" {
		return false
	}
	wanted, sent := segments(path), segments(x.path)
	if len(wanted) != len(sent) {
		return false
	}
	for n, segment := range wanted {
		if !strings.HasPrefix(segment, "{") && segment != sent[n] {
			return false
		}
	}
	return true
}

func segments(path string) []string {
	return strings.FieldsFunc(path, func(char rune) bool { return char == '/' })
}

// checkWire fails unless the route was sent and its last answer was a success of the form that every SDK reads.
func checkWire(r route, exchanges []exchange) {
	var last *exchange
	for n := range exchanges {
		if exchanges[n].status >= 500 {
			fail("%s %s was answered with %d: %s", exchanges[n].method, exchanges[n].path, exchanges[n].status, exchanges[n].body)
		}
		if r.sentAs(exchanges[n]) {
			last = &exchanges[n]
		}
	}
	if last == nil {
		fail("the SDK sent no such request, only %s", methodsAndPaths(exchanges))
	}
	if last.status < 200 || last.status > 299 {
		fail("answered with %d: %s", last.status, last.body)
	}
	if !strings.HasPrefix(last.contentType, "application/json") {
		fail("the content type is %q", last.contentType)
	}
	if last.status == http.StatusNoContent {
		return
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(last.body, &fields); err != nil {
		fail("the answer is no JSON object: %v", err)
	}
	// Actions of PHLOs say by an empty one that there was none; everywhere else SDKs take its presence for a failure.
	problem, has := fields["error"]
	if has && (string(problem) != `""` || !strings.HasPrefix(last.path, "/v1/phlo/")) {
		fail("the answer of a success has an error: %s", last.body)
	}
	if len(fields["api_id"]) == 0 {
		fail("the answer has no api_id: %s", last.body)
	}
}

func methodsAndPaths(exchanges []exchange) string {
	var all []string
	for _, x := range exchanges {
		all = append(all, x.method+" "+x.path+"?"+x.query)
	}
	return strings.Join(all, ", ")
}
