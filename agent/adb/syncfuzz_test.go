package adb

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/parcel"
)

// FuzzSyncReplies reads anything as each kind of answer.
func FuzzSyncReplies(f *testing.F) {
	f.Add([]byte("STAT\xa4\x81\x00\x00\x05\x00\x00\x00\x00\x00\x00\x01"))
	f.Add([]byte("DENT\xa4\x81\x00\x00\x05\x00\x00\x00\x00\x00\x00\x01\x01\x00\x00\x00aDONE" + strings.Repeat("\x00", 16)))
	f.Add([]byte("DNT2" + strings.Repeat("\x00", 68) + "\x02\x00\x00\x00abDONE" + strings.Repeat("\x00", 72)))
	f.Add([]byte("STA2" + strings.Repeat("\x00", 68)))
	f.Add([]byte("DATA\x03\x00\x00\x00abcDONE\x00\x00\x00\x00"))
	f.Add([]byte("FAIL\x17\x00\x00\x00No space left on device"))
	f.Add([]byte("FAIL\xff\xff\xff\xff"))
	f.Add([]byte("OKAY\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = readReply(bytes.NewReader(data))
		for _, id := range []string{"STAT", "STA2", "LST2"} {
			if info, _, err := readStat(bytes.NewReader(data), id, id != "STAT"); err == nil && info.Size < 0 {
				t.Errorf("a file of %d bytes", info.Size)
			}
		}
		for _, v2 := range []bool{false, true} {
			r := bytes.NewReader(data)
			for {
				info, err := readEntry(r, v2)
				if err != nil {
					break
				}
				if info.Name == "" || strings.ContainsAny(info.Name, "/\x00") || len(info.Name) > maxSyncName || info.Size < 0 {
					t.Errorf("an entry %+v", info)
				}
			}
		}
		s := &Sync{in: bufio.NewReader(bytes.NewReader(data)), moved: &motion{}}
		if n, err := s.receive(io.Discard); n > int64(len(data)) || err == nil && n > int64(len(data))-16 && n != 0 {
			t.Errorf("%d bytes out of %d", n, len(data))
		}
	})
}

func FuzzFileName(f *testing.F) {
	for _, name := range []string{"..", `a\b`, "a/b", "", "C:x", "good", "a\x00"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if parcel.BadName(name) == "" && (name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00")) {
			t.Errorf("%q is taken", name)
		}
	})
}
