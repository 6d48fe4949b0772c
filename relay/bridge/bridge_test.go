package bridge

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestRun_LogsNoPassword(t *testing.T) {
	for _, url := range []string{"nats://hub:canary@127.0.0.1:1", "bad://hub:canary@127.0.0.1:1"} {
		var log bytes.Buffer
		ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
		err := New(Config{URL: url, Logger: slog.New(slog.NewTextHandler(&log, nil))}).Run(ctx)
		stop()
		if err == nil {
			err = errors.New("no error")
		}
		if said := log.String() + err.Error(); strings.Contains(said, "canary") || !strings.Contains(said, "127.0.0.1:1") {
			t.Errorf("%s: said %s", url, said)
		}
	}
}
