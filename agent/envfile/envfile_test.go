package envfile

import (
	"maps"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	text := "# settings\n\nA=1\n B = two words \nC=\"quoted\"\nD='single'\nE=\"torn'\nF=\nG=a=b\nH=\"\n"
	got, err := Read("x.env", strings.NewReader(text), nil)
	want := map[string]string{"A": "1", "B": "two words", "C": "quoted", "D": "single", "E": `"torn'`, "F": "", "G": "a=b", "H": `"`}
	if err != nil || !maps.Equal(got, want) {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestRead_EveryMistakeIsListedAtOnce(t *testing.T) {
	_, err := Read("x.env", strings.NewReader("A=1\nnonsense\nB=2\n"), []string{"A"})
	if err == nil || err.Error() != "x.env:2 is not KEY=VALUE\nx.env:3: B is no setting" {
		t.Fatal(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("A=\"1\"\n#\nB")
	f.Fuzz(func(t *testing.T, text string) {
		values, _ := Read("x.env", strings.NewReader(text), nil)
		if len(values) > strings.Count(text, "=") {
			t.Fatalf("%d values", len(values))
		}
	})
}
