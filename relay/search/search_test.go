package search

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

func TestCut_ShowsWhatWasFound(t *testing.T) {
	for name, c := range map[string]struct {
		line, want string
	}{
		"short":       {"line 149", "149"},
		"in a long":   {strings.Repeat("a", 500) + "needle" + strings.Repeat("b", 500), "needle"},
		"at the end":  {strings.Repeat("a", 500) + "needle", "needle"},
		"a long text": {strings.Repeat("a", 500) + strings.Repeat("n", 200) + strings.Repeat("b", 500), strings.Repeat("n", 200)},
	} {
		t.Run(name, func(t *testing.T) {
			got := cut([]byte(c.line), strings.Index(c.line, c.want), len(c.want))
			if !strings.Contains(got, c.want) || len(got) > max(around, len(c.want))+2*len("…") {
				t.Errorf("%q", got)
			}
		})
	}
}

// What a device says may be no text: its result is kept all the same.
func TestHits_FitIntoAJobsResult(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		all  bool
	}{
		"text": {strings.Repeat("x", around), true}, "escapes": {strings.Repeat("\x1b", around), false}, "no text": {strings.Repeat("\uFFFD", around), false},
	} {
		t.Run(name, func(t *testing.T) {
			var h hits
			for !h.full {
				h.add(api.SearchHit{Run: "r1", Bench: "b1", Device: "d1", N: int64(len(h.Hits)), Text: c.text})
			}
			data, err := json.Marshal(h.SearchResult)
			if err != nil || len(data) > 48<<10 || (len(h.Hits) == maxHits) != c.all || len(h.Hits) < 20 {
				t.Errorf("%d hits in %d bytes, %v", len(h.Hits), len(data), err)
			}
		})
	}
}

// A search's text is the title of its job, which everybody sees.
func TestKind_TextThatCannotBeSeen(t *testing.T) {
	kind := Kind(nil, nil, nil)
	for _, text := range []string{"a\u202eb", "a\ab", "a\nb", "\ufeffa"} {
		d, _ := json.Marshal(api.SearchRequest{Text: text})
		_, err := kind(d)
		var fault *wire.Fault
		if !errors.As(err, &fault) || fault.Code != wire.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}
