package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"time"
)

const (
	uuidForm = `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`
	// rfc3339 is how the resources of compliance write a time, timeForm how records do.
	rfc3339  = `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`
	timeForm = `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?[+-]\d\d:\d\d$`
	amount   = `^\d+\.\d{5}$`
	digits   = `^\d+$`
)

// within is how long something may take to happen.
const within = 15 * time.Second

const pollEvery = 100 * time.Millisecond

// failure is what ends a step.
type failure struct{ text string }

func fail(form string, values ...any) { panic(failure{fmt.Sprintf(form, values...)}) }

// accountRoute is a route below the account: "GET", "Call/".
func accountRoute(method, path string) route {
	return route(method + " /v1/Account/{auth_id}/" + path)
}

// proves runs a step that is to prove the route, and says on stdout how that went.
func (p *program) proves(r route, step func()) {
	line := struct {
		Route string `json:"route"`
		Ok    bool   `json:"ok"`
		Error string `json:"error,omitempty"`
	}{Route: string(r), Ok: true}
	p.wire.taken()
	reason, failed := caught(func() {
		step()
		checkWire(r, p.wire.taken())
	})
	if failed {
		p.failed = true
		line.Ok, line.Error = false, reason
	}
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		panic(err)
	}
}

func (p *program) account(method, path string, step func()) {
	p.proves(accountRoute(method, path), step)
}

// prepares runs what no route is proved by. When it fails, what depends on it will.
func (p *program) prepares(what string, step func()) {
	if reason, failed := caught(step); failed {
		p.failed = true
		fmt.Fprintf(os.Stderr, "%s: %s\n", what, reason)
	}
}

// caught tells how a step failed, if it did.
func caught(step func()) (reason string, failed bool) {
	defer func() {
		switch problem := recover().(type) {
		case nil:
		case failure:
			reason, failed = problem.text, true
		default:
			reason, failed = fmt.Sprintf("panic: %v", problem), true
		}
	}()
	step()
	return
}

// must gives the answer of a call of the SDK.
func must[T any](answer T, err error) T {
	done(err)
	return answer
}

func done(err error) {
	if err != nil {
		fail("%s", strings.TrimSpace(err.Error()))
	}
}

// gone fails unless something that was deleted is refused now, with an error that says so.
func gone[T any](_ T, err error) {
	if err == nil {
		fail("what was deleted is still there")
	}
	var problem struct {
		ApiId string `json:"api_id"`
		Error string `json:"error"`
	}
	done(json.Unmarshal([]byte(err.Error()), &problem))
	matches("api_id of the refusal", problem.ApiId, uuidForm)
	isTrue("the refusal has a reason", problem.Error != "")
}

func equal[T comparable](what string, got, wanted T) {
	if got != wanted {
		fail("%s is %#v, not %#v", what, got, wanted)
	}
}

func matches(what, got, form string) {
	if !regexp.MustCompile(form).MatchString(got) {
		fail("%s is %q, which is not of the form %s", what, got, form)
	}
}

func isTrue(what string, value bool) {
	if !value {
		fail("not so: %s", what)
	}
}

// one gives the only item that passes.
func one[T any](what string, items []T, passes func(T) bool) T {
	var found []T
	for _, item := range items {
		if passes(item) {
			found = append(found, item)
		}
	}
	if len(found) != 1 {
		fail("%d of %d items are %s", len(found), len(items), what)
	}
	return found[0]
}

func contains(what string, items []string, wanted string) {
	one(fmt.Sprintf("%s %s", what, wanted), items, func(item string) bool { return item == wanted })
}

// eventually asks again until there is an answer that passes. Refusals count as not yet.
func eventually[T any](what string, ask func() T, passes func(T) bool) T {
	var reason string
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(pollEvery) {
		var answer T
		text, failed := caught(func() { answer = ask() })
		if !failed && passes(answer) {
			return answer
		}
		if reason = text; !failed {
			reason = fmt.Sprintf("%+v", answer)
		}
	}
	fail("%s did not happen within %v: %s", what, within, reason)
	panic("unreachable")
}

// filled fails when a text, time, pointer, list or map anywhere in a value is empty, save in the fields named. It finds keys that the
// SDK knows and the answer does not have, or has as null.
func filled(value any, empty ...string) {
	allowed := map[string]bool{}
	for _, name := range empty {
		allowed[name] = true
	}
	fill(reflect.ValueOf(value), "", allowed)
}

var timeType = reflect.TypeOf(time.Time{})

func fill(value reflect.Value, name string, allowed map[string]bool) {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			refuseEmpty(name)
		}
		fill(value.Elem(), name, allowed)
	case reflect.Struct:
		if value.Type() == timeType {
			if value.Interface().(time.Time).IsZero() {
				refuseEmpty(name)
			}
			return
		}
		for n := 0; n < value.NumField(); n++ {
			field := value.Type().Field(n)
			if field.IsExported() && !allowed[field.Name] {
				fill(value.Field(n), field.Name, allowed)
			}
		}
	case reflect.String, reflect.Map:
		if value.Len() == 0 {
			refuseEmpty(name)
		}
	case reflect.Slice:
		if value.Len() == 0 {
			refuseEmpty(name)
		}
		for n := 0; n < value.Len(); n++ {
			fill(value.Index(n), name, allowed)
		}
	}
}

func refuseEmpty(name string) { fail("%s is empty", name) }
