package adb_test

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// grove is a source and a sink: entries with their content.
type grove struct {
	entries []adb.Entry
	content map[string]string
	sums    map[string]string

	next int
	rest io.Reader
	fail error // in place of the content's end
}

func (t *grove) Next() (adb.Entry, error) {
	if t.next == len(t.entries) {
		return adb.Entry{}, io.EOF
	}
	e := t.entries[t.next]
	t.next++
	t.rest = strings.NewReader(t.content[e.Path])
	return e, nil
}

func (t *grove) Read(p []byte) (int, error) {
	n, err := t.rest.Read(p)
	if err == io.EOF && t.fail != nil {
		err = t.fail
	}
	return n, err
}

func (t *grove) Begin(e adb.Entry) error {
	t.entries = append(t.entries, e)
	return nil
}

func (t *grove) Write(p []byte) (int, error) {
	t.content[t.entries[len(t.entries)-1].Path] += string(p)
	return len(p), t.fail
}

func (t *grove) End(sum string) error {
	t.sums[t.entries[len(t.entries)-1].Path] = sum
	return nil
}

func newGrove(fail error) *grove {
	return &grove{content: map[string]string{}, sums: map[string]string{}, fail: fail}
}

func TestBench_PushFrom_PullTo(t *testing.T) {
	onEverySync(t, func(t *testing.T, b *bench) {
		at := time.Unix(1_500_000_000, 0)
		from := newGrove(nil)
		from.entries = []adb.Entry{
			{Path: ".", Mode: fs.ModeDir | 0o755},
			{Path: "a", Mode: 0o640, Modified: at},
			{Path: "empty", Mode: fs.ModeDir | 0o755},
			{Path: "d", Mode: fs.ModeDir | 0o755},
			{Path: "d/sp ace'q", Mode: 0o600},
			{Path: "d/link", Mode: fs.ModeSymlink, Link: "../a"},
		}
		from.content = map[string]string{"a": "one", "d/sp ace'q": strings.Repeat("x", 300_000)}
		moved, err := b.PushFrom(t.Context(), b.transport(t), from, "tree", true, b.scratch, adb.Transfer{Hash: true})
		if err != nil || moved.Files != 3 || moved.To != b.scratch+"/tree" {
			t.Fatalf("%+v, %v", moved, err)
		}
		to := newGrove(nil)
		moved, err = b.PullTo(t.Context(), b.transport(t), b.scratch+"/tree/", to, adb.Transfer{Hash: true})
		if err != nil {
			t.Fatalf("%+v, %v", moved, err)
		}
		if to.entries[0].Path != "." || !to.entries[0].Mode.IsDir() {
			t.Errorf("it begins with %+v", to.entries[0])
		}
		for path, content := range from.content {
			if to.content[path] != content || len(to.sums[path]) != 64 {
				t.Errorf("%s came back with %d bytes, sum %q", path, len(to.content[path]), to.sums[path])
			}
		}
		for _, e := range to.entries {
			if e.Path == "a" && !e.Modified.Equal(at) {
				t.Errorf("%+v", e)
			}
		}
		if to.content["d/link"] != "one" && moved.Left == 0 {
			t.Errorf("the link gave %q", to.content["d/link"])
		}
	})
}

func TestBench_PushFrom_LeavesNothingWhenItsSourceFails(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		broken := errors.New("broken")
		from := newGrove(broken)
		from.entries = []adb.Entry{{Path: ".", Mode: 0o600}}
		from.content = map[string]string{".": strings.Repeat("x", 1<<20)}
		if _, err := b.PushFrom(t.Context(), b.transport(t), from, "file", false, b.scratch+"/file", adb.Transfer{}); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		eventually(t, "nothing of it is left", func() bool { return b.sh(t, "ls -A "+b.scratch) == "" })
	})
}

func TestBench_PullTo_EndsWithItsSink(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		b.sh(t, "head -c 1000000 /dev/zero > "+b.scratch+"/file")
		broken := errors.New("broken")
		if _, err := b.PullTo(t.Context(), b.transport(t), b.scratch+"/file", newGrove(broken), adb.Transfer{}); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		// What the device does not give never begins.
		to := newGrove(nil)
		_, err := b.PullTo(t.Context(), b.transport(t), b.scratch+"/nothing", to, adb.Transfer{})
		if no, ok := errors.AsType[*adb.Error](err); !ok || no.Code != wire.NotFound || len(to.entries) > 0 {
			t.Errorf("%v after %v", err, to.entries)
		}
	})
}

func TestBench_PushFrom_RefusesWhatIsOutOfPlace(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		for name, c := range map[string]struct {
			isFolder bool
			entries  []adb.Entry
		}{
			"a folder for a file":      {false, []adb.Entry{{Path: ".", Mode: fs.ModeDir}}},
			"a file with a path":       {false, []adb.Entry{{Path: "x", Mode: 0o600}}},
			"a folder that never came": {true, []adb.Entry{{Path: "x", Mode: 0o600}}},
			"a folder twice":           {true, []adb.Entry{{Path: ".", Mode: fs.ModeDir}, {Path: ".", Mode: fs.ModeDir}}},
		} {
			from := newGrove(nil)
			from.entries = c.entries
			_, err := b.PushFrom(t.Context(), b.transport(t), from, "x", c.isFolder, b.scratch+"/x", adb.Transfer{})
			if no, ok := errors.AsType[*adb.Error](err); !ok || no.Code != wire.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
