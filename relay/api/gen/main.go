// Command gen writes the JSON schema of every document that a browser reads,
// from the Go types that the relay writes. `npm run gen` in ui makes
// TypeScript of it. It knows the documents and nothing of how they travel.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// documents are the roots; what they hold is found from them.
type documents struct {
	Frame         api.Frame              `json:"frame"`
	LabSnapshot   api.LabSnapshot        `json:"lab_snapshot"`
	BenchSnapshot api.BenchSnapshot      `json:"bench_snapshot"`
	UserSnapshot  api.UserSnapshot       `json:"user_snapshot"`
	Benches       api.Benches            `json:"benches"`
	Runs          api.Runs               `json:"runs"`
	RunRequest    api.RunRequest         `json:"run_request"`
	LogLine       api.LogLine            `json:"log_line"`
	Checks        api.Checks             `json:"checks"`
	Verdict       api.Verdict            `json:"verdict"`
	Trial         api.Trial              `json:"trial"`
	Settings      api.Settings           `json:"settings"`
	History       api.History            `json:"history"`
	Reservations  api.Reservations       `json:"reservations"`
	Everyone      api.AllReservations    `json:"all_reservations"`
	Ask           api.ReservationRequest `json:"reservation_request"`
	Reserved      api.Reserved           `json:"reserved"`
	Records       api.ReservationHistory `json:"reservation_history"`
	Lab           api.Lab                `json:"lab"`
	Notice        api.Notice             `json:"notice"`
	Jobs          api.Jobs               `json:"jobs"`
	JobRequest    api.JobRequest         `json:"job_request"`
	SearchRequest api.SearchRequest      `json:"search_request"`
	SearchResult  api.SearchResult       `json:"search_result"`
	People        api.People             `json:"people"`
	Look          api.Look               `json:"look"`
	SignedIn      api.SignedIn           `json:"signed_in"`
	Problem       api.Problem            `json:"problem"`
	Block         wire.Block             `json:"block"`
}

// words are the string types of which every value is known.
var words = map[reflect.Type][]any{
	reflect.TypeFor[api.BenchState]():  {api.Online, api.Offline},
	reflect.TypeFor[api.VerdictWord](): {api.Pass, api.Fail, api.NoMatch, api.NotRun, api.Pending},
	reflect.TypeFor[api.RecordKind]():  {api.RecordGrant, api.RecordEnd, api.RecordGap},
	reflect.TypeFor[api.NoticeKind](): {
		api.NoticeBenchOffline, api.NoticeBenchOnline, api.NoticeYours, api.NoticeEnds, api.NoticeOver, api.NoticeTaken,
		api.NoticeAsked, api.NoticeRefused, api.NoticeOffered, api.NoticeBack, api.NoticeRunFinished,
	},
	reflect.TypeFor[api.JobState]():    {api.JobRunning, api.JobDone, api.JobFailed, api.JobCancelled, api.JobLost},
	reflect.TypeFor[api.Unreserved]():  {api.UnreservedAnyone, api.UnreservedReserve},
	reflect.TypeFor[wire.RunState]():   {wire.Claimed, wire.Accepted, wire.Running, wire.Unknown, wire.Ended},
	reflect.TypeFor[wire.Outcome]():    {wire.Exited, wire.TimedOut, wire.Cancelled, wire.Lost, wire.Refused, wire.OutcomeUnknown},
	reflect.TypeFor[wire.ActKind]():    all(wire.ActKinds),
	reflect.TypeFor[wire.RebootMode](): all(wire.RebootModes),
	reflect.TypeFor[wire.WaitFor]():    all(wire.WaitsFor),
}

func all[T any](values []T) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

func main() {
	out := flag.String("out", "../ui/src/shared/wire", "folder to write schema.json to")
	flag.Parse()
	if err := write(filepath.Join(*out, "schema.json")); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	text, err := json.MarshalIndent(schema(), "", "  ")
	if err != nil {
		return fmt.Errorf("writing the schema: %w", err)
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func schema() *jsonschema.Schema {
	r := &jsonschema.Reflector{
		Anonymous:                 true,
		ExpandedStruct:            true,
		AllowAdditionalProperties: true, // a client passes over what it does not know
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if values, ok := words[t]; ok {
				return &jsonschema.Schema{Type: "string", Enum: values}
			}
			return nil
		},
	}
	s := r.Reflect(documents{})
	details(s)
	return s
}

// details says what reflection cannot see: what may be null, and that a time is a
// pair.
func details(s *jsonschema.Schema) {
	properties := s.Definitions["Block"].Properties
	properties.Set("count", &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "integer"}, {Type: "null"}}})
	pair := uint64(2)
	properties.Set("t", &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{
		Type: "array", Items: &jsonschema.Schema{Type: "integer"}, MinItems: &pair, MaxItems: &pair,
	}})
	s.Definitions["Bench"].Properties.Set("rtt_ms", &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "number"}, {Type: "null"}}})
	s.Definitions["Settings"].Properties.Set("settings", &jsonschema.Schema{Type: "object", AdditionalProperties: jsonschema.TrueSchema})
	s.Definitions["Gap"].Properties.Set("to", &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "integer"}, {Type: "null"}}})
}
