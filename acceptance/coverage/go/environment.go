package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// environment is what ../README.md promises a program.
type environment struct {
	authId        string
	run           string
	numbers       [3]string
	tollFree      [2]string
	indian        string
	shortCode     string
	phones        [3]string
	ownNumber     string
	carrier       string
	stage         string
	stream        string
	files         string
	server        string
	operatorToken string
}

func readEnvironment() (environment, error) {
	var missing []string
	read := func(name string) string {
		value := os.Getenv(name)
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	env := environment{
		authId:        read("PLIVO_AUTH_ID"),
		run:           read("COVERAGE_RUN"),
		numbers:       [3]string{read("COVERAGE_NUMBER"), read("COVERAGE_NUMBER_2"), read("COVERAGE_NUMBER_3")},
		tollFree:      [2]string{read("COVERAGE_TOLL_FREE"), read("COVERAGE_TOLL_FREE_2")},
		indian:        read("COVERAGE_NUMBER_IN"),
		shortCode:     read("COVERAGE_SHORTCODE"),
		phones:        [3]string{read("COVERAGE_PHONE"), read("COVERAGE_PHONE_2"), read("COVERAGE_PHONE_3")},
		ownNumber:     read("COVERAGE_OWN_NUMBER"),
		carrier:       read("COVERAGE_CARRIER"),
		stage:         strings.TrimRight(read("COVERAGE_STAGE"), "/"),
		stream:        read("COVERAGE_STREAM"),
		files:         read("COVERAGE_FILES"),
		server:        strings.TrimRight(read("RINGDOWN_PUBLIC_URL"), "/"),
		operatorToken: read("RINGDOWN_OPERATOR_TOKEN"),
	}
	if len(missing) > 0 {
		return env, fmt.Errorf("not set: %s", strings.Join(missing, ", "))
	}
	return env, nil
}

// named is a name that no other run has.
func (e environment) named(what string) string { return "go-" + what + "-" + e.run }

func (e environment) file(name string) string { return filepath.Join(e.files, name) }

func (e environment) webhook(name string) string { return e.stage + "/webhook/go-" + name }
