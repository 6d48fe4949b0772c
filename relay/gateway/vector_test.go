package gateway

import (
	"strings"
	"testing"
)

func FuzzVector(f *testing.F) {
	for _, seed := range []string{"", "lab", "lab;run:r1=a.b;bench:demo", "run:r1=../../x;run:r1", "run:*=1", "lab=a\nb", strings.Repeat("run:r1;", 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list := ParseVector(text)
		if len(list) > MaxStreamRooms {
			t.Fatal(len(list))
		}
		v := NewVector()
		for _, p := range list {
			if !IsRoom(p.Room) || p.Offset != "" && !isOffset(p.Offset) {
				t.Fatalf("%+v", p)
			}
			v.aim(p.Room, p.Offset)
		}
		again := ParseVector(v.text())
		if len(again) != len(list) {
			t.Fatalf("%q became %q", text, v.text())
		}
		v.After([]byte(text))
	})
}
