package gateway

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	var p pace
	now := time.Now()
	count := func(n int) (got [3]int) {
		for range n {
			got[p.take(now)]++
		}
		return got
	}
	if got := count(5000); got != [3]int{burst, far * burst, 5000 - burst - far*burst} {
		t.Fatal(got)
	}
	now = now.Add(time.Second)
	if got := count(300); got != [3]int{perSecond, 300 - perSecond, 0} {
		t.Fatal(got)
	}
	now = now.Add(time.Hour)
	if got := count(burst + 1); got != [3]int{burst, 1, 0} {
		t.Fatal(got)
	}
}
