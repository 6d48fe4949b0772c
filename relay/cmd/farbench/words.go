package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// until is a moment to come, as every command writes it.
func until(t time.Time) string { return t.Local().Format("15:04:05 MST") }

// refusing writes what went wrong to stdout too, where --json asked for documents.
func refusing(around *surroundings, isJSON bool, err error) error {
	var silent exit
	var wrong *usageError
	if err == nil || !isJSON || errors.As(err, &silent) || errors.As(err, &wrong) {
		return err
	}
	speak(err, "")
	var fault *wire.Fault
	if !errors.As(err, &fault) {
		fault = &wire.Fault{Code: wire.Unavailable, Message: err.Error(), Hint: hintOf(err)}
	}
	if err := printJSON(around.out, map[string]*wire.Fault{"fault": fault}); err != nil {
		return err
	}
	return err
}

// apiWords are hints of the HTTP API, and what they are on the command line.
var apiWords = strings.NewReplacer(
	"GET /api/v1/benches", "farbench benches",
	"GET /api/v1/runs", "farbench runs",
	"GET /api/v1/people", "farbench who",
	"GET /api/v1/jobs", "farbench jobs",
)

// speak puts the relay's hint into the words of the command line. target is the
// device that was meant, if it is known.
func speak(err error, target string) {
	var fault *wire.Fault
	if !errors.As(err, &fault) {
		return
	}
	named, bench := target, ""
	if named == "" {
		named = "BENCH/DEVICE"
	} else {
		bench, _, _ = strings.Cut(" "+target, "/")
	}
	hint := apiWords.Replace(fault.Hint)
	switch {
	case fault.Code == wire.Reserved && !strings.Contains(hint, "--wait"):
		hint = "farbench reserve " + named + " --wait waits in the queue; farbench queue" + bench + " lists who does"
	case fault.Code == wire.ReserveFirst && !strings.Contains(hint, "farbench "):
		hint = "farbench reserve " + named + ", then try again"
	case strings.Contains(hint, "Authorization"):
		hint = "set FARBENCH_TOKEN to the relay's token, or sign in: farbench sign-in LINK"
	}
	if hint != fault.Hint {
		fault.Hint = hint
	}
}

// helpFirst makes help a command, alone and with a command's name.
func helpFirst(args []string) []string {
	if len(args) == 0 || args[0] != "help" {
		return args
	}
	return append(slices.Clone(args[1:]), "--help")
}

// flagsFirst lets flags stand behind the first of several words too; the parser
// takes words that follow each other alone. What stands behind -- stays there.
func flagsFirst(args []string) []string {
	at := slices.IndexFunc(args, func(a string) bool { return a == "push" || a == "pull" || a == "install" })
	if at < 0 || slices.Contains(args[:at], "exec") || slices.Contains(args[:at], "--") {
		return args
	}
	flags, words := slices.Clone(args[:at+1]), []string{}
	for i := at + 1; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--":
			return append(append(flags, words...), args[i:]...)
		case len(a) < 2 || a[0] != '-':
			words = append(words, a)
		default:
			flags = append(flags, a)
			if slices.Contains([]string{"--url", "--token", "--as", "--user", "--timeout", "--ttl", "--patience", "--id"}, a) && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		}
	}
	return append(flags, words...)
}
