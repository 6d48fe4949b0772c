package daemon

import (
	"context"
	"errors"
	"sync"
)

// stage is parts that end together, before or after those of another stage.
type stage struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	broken chan struct{} // closed when a part ended by itself

	mu   sync.Mutex // guards err and whether broken is closed
	err  error
	once sync.Once
}

func newStage() *stage {
	s := &stage{broken: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// start runs parts.
func (s *stage) start(parts ...func(context.Context) error) {
	for _, part := range parts {
		s.wg.Go(func() {
			err := part(s.ctx)
			if s.ctx.Err() != nil && errors.Is(err, context.Canceled) {
				err = nil
			}
			s.mu.Lock()
			s.err = errors.Join(s.err, err)
			s.mu.Unlock()
			s.once.Do(func() { close(s.broken) })
		})
	}
}

// stop ends the parts and waits for them.
func (s *stage) stop() error {
	s.cancel()
	s.wg.Wait()
	return s.err
}
