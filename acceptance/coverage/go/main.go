// Calls every route of the Go SDK as it is published, and says of each whether the answer was what the SDK's types promise.
// What it is run with, and what it prints, is in ../README.md.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/plivo/plivo-go/v7"
)

// wholeRun ends a run in which nothing moves any more; a run on a busy machine takes about a minute.
const wholeRun = 5 * time.Minute

func main() {
	time.AfterFunc(wholeRun, func() {
		fmt.Fprintln(os.Stderr, "the run took more than", wholeRun)
		os.Exit(1)
	})
	p, err := newProgram()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, family := range []func(*program){
		account, subaccounts, applications, endpoints, tokens,
		numbers, phoneNumbers, pricing, lookup, powerpacks,
		media, messages, callerIds, verifySessions, maskingSessions,
		profiles, tendlc, tollFree,
		endUsers, complianceApplications, phoneNumberCompliance,
		calls, streams, recordings, conferences, multiPartyCalls, phlos, queuedCalls,
	} {
		family(p)
	}
	if p.failed {
		os.Exit(1)
	}
}

// program is what every family of routes works with.
type program struct {
	client *plivo.Client
	env    environment
	wire   *wireLog
	failed bool
}

func newProgram() (*program, error) {
	env, err := readEnvironment()
	if err != nil {
		return nil, err
	}
	wire := newWireLog()
	client, err := plivo.NewClient("", "", &plivo.ClientOptions{HttpClient: wire.client()})
	if err != nil {
		return nil, err
	}
	return &program{client: client, env: env, wire: wire}, nil
}
