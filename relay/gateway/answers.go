package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
)

// send, answer and fail may be called by any goroutine.
func (v *Visit) send(f api.Frame) { v.c.Send(frameOf(f)) }

func frameOf(f api.Frame) hub.Frame {
	body, _ := json.Marshal(f)
	return hub.Text(body)
}

func answerFrame(i *int64, d any) hub.Frame {
	body, err := json.Marshal(d)
	if err != nil {
		body = []byte("null")
	}
	return frameOf(api.Frame{T: "res", I: i, D: body})
}

func (v *Visit) fail(i *int64, f *wire.Fault) {
	v.g.metrics.refused.WithLabelValues(string(f.Code)).Inc()
	v.send(api.Frame{T: "res", I: i, Error: f})
}

// do runs work beside the reading of the connection, within the bounds of
// requests at once and of time, and says whether it began. A panic in it is
// answered with an id.
func (v *Visit) do(i *int64, doing string, limit time.Duration, work func(context.Context) error) bool {
	select {
	case v.places <- struct{}{}:
	default:
		v.fail(i, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("%d requests of this connection are being answered", maxRequests), Hint: "wait for some of the answers", Retry: true})
		return false
	}
	v.working.Add(1)
	go func() {
		defer v.working.Done()
		defer func() { <-v.places }()
		defer func() {
			if cause := recover(); cause != nil {
				v.fail(i, v.g.cfg.Faults.Panicked(doing, cause))
			}
		}()
		ctx, cancel := context.WithTimeout(v.ctx, limit)
		defer cancel()
		if err := work(ctx); err != nil {
			v.fail(i, v.g.cfg.Faults.Fault(doing, err))
		}
	}()
	return true
}
