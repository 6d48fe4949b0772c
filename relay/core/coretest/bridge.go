package coretest

import (
	"context"
	"sync"
	"testing"

	"github.com/farbench/farbench/relay/bridge"
)

// Bridge is a relay's connection to the lab's broker, with every stream and bucket
// there. It ends with the test, after what run starts on it, or when stop is called.
func Bridge(t testing.TB, l *Lab, run ...func(context.Context, *bridge.Bridge)) (b *bridge.Bridge, stop func()) {
	t.Helper()
	b = bridge.New(bridge.Config{URL: l.URL(), User: "hub", Password: l.Password("hub"), Logger: Logger(t)})
	bridging, cut := context.WithCancel(context.Background())
	working, leave := context.WithCancel(context.Background())
	var bridged, left sync.WaitGroup
	bridged.Go(func() { _ = b.Run(bridging) })
	for _, part := range run {
		left.Go(func() {
			if b.Await(working) == nil {
				part(working, b)
			}
		})
	}
	stop = sync.OnceFunc(func() { leave(); left.Wait(); cut(); bridged.Wait() })
	t.Cleanup(stop)
	Eventually(t, "the broker answers and all is there", func() bool { return b.Ready() == nil })
	return b, stop
}
