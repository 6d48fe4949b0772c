package adb

import (
	"errors"
	"strings"
	"testing"
)

func FuzzAnswer(f *testing.F) {
	f.Add("OKAY0004abcd")
	f.Add("FAIL0000")
	f.Add("FAIL-001")
	f.Fuzz(func(t *testing.T, answer string) {
		r := strings.NewReader(answer)
		err := readStatus(r)
		if err != nil {
			New("").explain("fuzzing", err)
			var no refused
			if errors.As(err, &no) && len(answer) < 8+len(no) {
				t.Errorf("%q is refused because of %q", answer, no)
			}
			return
		}
		block, err := readBlock(r)
		if err == nil && answer[8:8+len(block)] != string(block) {
			t.Errorf("%q holds %q", answer, block)
		}
	})
}
