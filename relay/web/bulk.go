package web

import (
	"io"

	fasthttpws "github.com/fasthttp/websocket"

	"github.com/farbench/farbench/agent/wire"
)

// frames reads messages of at most a frame into one buffer: each is gone when
// the next is read.
type frames struct {
	ws  *fasthttpws.Conn
	buf []byte
}

func (r *frames) read() (kind int, payload []byte, err error) {
	kind, in, err := r.ws.NextReader()
	if err != nil {
		return kind, nil, err
	}
	if r.buf == nil {
		r.buf = make([]byte, wire.MaxFrame+1)
	}
	n := 0
	for n < len(r.buf) {
		k, err := in.Read(r.buf[n:])
		n += k
		if err == io.EOF {
			return kind, r.buf[:n], nil
		}
		if err != nil {
			return kind, nil, err
		}
	}
	return kind, nil, fasthttpws.ErrReadLimit
}
