package lab

import (
	"context"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// untilPatience is how long a script waits for a command to succeed.
const untilPatience = 30 * time.Second

// Until is a script's command: until COMMAND… runs it again and again until it
// succeeds.
func Until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("use: until COMMAND…")
	}
	ctx, cancel := context.WithTimeout(context.Background(), untilPatience)
	defer cancel()
	turn := time.NewTicker(20 * time.Millisecond)
	defer turn.Stop()
	for {
		err := ts.Exec(args[0], args[1:]...)
		if err == nil {
			return
		}
		select {
		case <-turn.C:
		case <-ctx.Done():
			ts.Fatalf("still fails after %s: %v", untilPatience, err)
		}
	}
}
