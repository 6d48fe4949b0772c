package broker

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
)

// remarks passes the broker's log on to ours. The broker's own logger would end
// the process at a fatal remark; this one remembers it for Start.
type remarks struct {
	log *slog.Logger

	mu  sync.Mutex // guards err
	err error
}

func (r *remarks) fatal() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *remarks) Fatalf(format string, v ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = errors.Join(r.err, fmt.Errorf(format, v...))
}

// What the broker notes of its own course is of use only when one looks for a
// mistake in it.
func (r *remarks) Noticef(format string, v ...any) {
	r.log.Debug("broker: " + fmt.Sprintf(format, v...))
}

func (r *remarks) Errorf(format string, v ...any) {
	r.log.Error("broker: " + fmt.Sprintf(format, v...))
}
func (r *remarks) Debugf(string, ...any) {}
func (r *remarks) Tracef(string, ...any) {}

func (r *remarks) Warnf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	if strings.Contains(text, "Plaintext passwords") {
		return // they are this process's own and are written nowhere
	}
	r.log.Warn("broker: " + text)
}
