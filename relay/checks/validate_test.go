package checks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/farbench/farbench/relay/api"
)

func TestMistakes_AllAtOnceWithTheirPlaces(t *testing.T) {
	var doc api.Checks
	err := json.Unmarshal([]byte(`{"checks":[
		{"id":"ok","label":"Fine","command":"id","pattern":"uid=(?<uid>\\d+)","expect":{"below":10},"models":["hu5*"],"timeout_s":20},
		{"id":"OK","label":" ","command":"a\u0000b","pattern":"uid=(\\d+)","timeout_s":-1,"models":[""]},
		{"id":"ok","label":"x","command":"","pattern":"(?<v>a(?=b))","expect":{"is":"a","not":"b"}},
		{"id":"three","label":"x","command":"x","pattern":"","expect":{"matches":"("}},
		{"id":"four","label":"x","command":"x","pattern":"(?<v>(((a{30}){30}){30}))"}],
		"commands":[{"id":"a","label":"A","command":"id"},{"id":"a","label":"B","command":"id"}]}`), &doc)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"checks[1].id": `"OK" must be`, "checks[1].label": "empty", "checks[1].command": "NUL", "checks[1].pattern": "no named group",
		"checks[1].timeout_s": "-1", "checks[1].models[0]": "1 to 64", "checks[2].id": "checks[0]", "checks[2].command": "empty",
		"checks[2].pattern": "ahead", "checks[2].expect": "2 conditions", "checks[3].expect": "needs a pattern",
		"checks[3].expect.matches": "does not parse", "checks[4].pattern": "repe", "commands[1].id": "commands[0]",
	}
	got := Mistakes(doc)
	for _, m := range got {
		part, ok := want[m.Place]
		if !ok || !strings.Contains(m.Message, part) {
			t.Errorf("%s: %s, want %q", m.Place, m.Message, part)
		}
		delete(want, m.Place)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
	for _, m := range got {
		if m.Place == "checks[1].pattern" && !strings.Contains(m.Message, Example) {
			t.Errorf("shows no example: %s", m.Message)
		}
	}
}

func TestMistakes_Bounds(t *testing.T) {
	var doc api.Checks
	for i := range MaxChecks + 1 {
		doc.Checks = append(doc.Checks, api.Check{ID: fmt.Sprint("c", i), Label: strings.Repeat("ü", maxLabel), Command: "id"})
	}
	for i := range MaxCommands + 1 {
		doc.Commands = append(doc.Commands, api.SavedCommand{ID: fmt.Sprint("c", i), Label: "l", Command: "id"})
	}
	got := Mistakes(doc)
	if places := []string{got[0].Place, got[1].Place}; len(got) != 2 || !slices.Equal(places, []string{"checks", "commands"}) {
		t.Errorf("%+v", got)
	}
	for _, wrong := range []api.Check{
		{ID: "a", Label: strings.Repeat("ü", maxLabel+1), Command: "id"},
		{ID: "a", Label: "a", Command: strings.Repeat("x", 256<<10+1)},
		{ID: "a", Label: "a", Command: "id", Pattern: "(?<v>" + strings.Repeat("x", maxPattern) + ")"},
		{ID: strings.Repeat("a", 33), Label: "a", Command: "id"},
	} {
		if got := Mistakes(api.Checks{Checks: []api.Check{wrong}}); len(got) != 1 {
			t.Errorf("%.60s: %+v", wrong.ID+wrong.Label, got)
		}
	}
}

func TestDefaults_AreWithoutMistakes(t *testing.T) {
	if got := Mistakes(Defaults()); got != nil {
		t.Error(got)
	}
}

func TestFits(t *testing.T) {
	for model, want := range map[string]bool{"HU5 Pro": true, "hu5": true, "IC-7": true, "IC-77": false, "x": false, "": false} {
		if Fits(api.Check{Models: []string{"hu5*", "ic-?"}}, model) != want {
			t.Errorf("%q", model)
		}
	}
	if !Fits(api.Check{}, "anything") {
		t.Error("no models mean all")
	}
	if !like("*a*b", strings.Repeat("a", 4000)+"b") || like(strings.Repeat("*a", 30), strings.Repeat("b", 4000)) {
		t.Error("like")
	}
}
