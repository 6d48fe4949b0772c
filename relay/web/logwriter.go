package web

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reader"
)

// logWriter turns blocks into the lines of a log. Its buffer is reused.
type logWriter struct {
	from int64 // a block may begin before the line that was asked for
	to   int64 // and end behind the last one; 0: all are
	done bool  // line to was passed
	text bool
	buf  []byte

	ms    int64 // the time of stamp
	stamp string
}

// block writes a block's lines, or a gap. A block that does not hold what it
// says it holds is a bench's mistake: it is shown as a gap.
func (w *logWriter) block(b *reader.Block) []byte {
	w.buf = w.buf[:0]
	w.done = w.to > 0 && max(b.Last, b.First) >= w.to
	if w.to > 0 && b.First > w.to {
		return w.buf
	}
	var block wire.Block
	err := json.Unmarshal(b.Data, &block)
	if err == nil {
		err = block.Check()
	}
	switch {
	case err != nil:
		w.gap(b.First, b.Last, "the bench sent lines that cannot be read")
	case block.Gap != "":
		last, known := block.Last()
		if !known {
			last = -1
		}
		w.gap(block.First, last, block.Gap)
	default:
		for line := range block.Lines {
			if line.N >= w.from && (w.to == 0 || line.N <= w.to) {
				w.line(line)
			}
		}
	}
	return w.buf
}

func (w *logWriter) gap(first, last int64, why string) {
	if w.text || last >= 0 && last < w.from {
		return
	}
	gap := api.Gap{From: max(first, w.from), Reason: why}
	if last >= 0 && w.to > 0 {
		last = min(last, w.to)
	}
	if last >= 0 {
		gap.To = &last
	}
	w.document(api.LogLine{Gap: &gap})
}

func (w *logWriter) end(run *api.Run) []byte {
	w.buf = w.buf[:0]
	if !w.text {
		w.document(api.LogLine{End: &api.End{Outcome: run.Outcome, ExitCode: run.ExitCode, Fault: run.Fault}})
	}
	return w.buf
}

func (w *logWriter) document(l api.LogLine) {
	body, _ := json.Marshal(l)
	w.buf = append(append(w.buf, body...), '\n')
}

// line writes a line by hand: a log has millions of them.
func (w *logWriter) line(l wire.Line) {
	if w.text {
		if l.Stream == wire.Sys {
			return
		}
		w.buf = append(w.buf, l.Bytes...)
		if !l.Cont {
			w.buf = append(w.buf, '\n')
		}
		return
	}
	if l.UnixMS != w.ms || w.stamp == "" {
		w.ms, w.stamp = l.UnixMS, time.UnixMilli(l.UnixMS).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	w.buf = strconv.AppendInt(append(w.buf, `{"n":`...), l.N, 10)
	w.buf = append(append(w.buf, `,"t":"`...), w.stamp...)
	w.buf = append(append(w.buf, `","stream":"`...), streamName(l.Stream)...)
	w.buf = append(append(w.buf, `","level":"`...), levelName(l.Level)...)
	if utf8.Valid(l.Bytes) {
		w.buf = appendJSON(append(w.buf, `","text":"`...), l.Bytes)
	} else {
		w.buf = base64.StdEncoding.AppendEncode(append(w.buf, `","b64":"`...), l.Bytes)
	}
	w.buf = append(w.buf, '"')
	if l.Cont {
		w.buf = append(w.buf, `,"cont":true`...)
	}
	w.buf = append(w.buf, "}\n"...)
}

// appendJSON escapes valid UTF-8 as the inside of a JSON string. U+2028 and
// U+2029 end a line for some readers of NDJSON and are escaped too.
func appendJSON(dst, p []byte) []byte {
	const hex = "0123456789abcdef"
	from := 0
	for i := 0; i < len(p); i++ {
		c := p[i]
		if c >= 0x20 && c != '"' && c != '\\' && c != 0x7f && c != 0xe2 {
			continue
		}
		switch {
		case c == 0xe2:
			if p[i+1] != 0x80 || p[i+2]&^1 != 0xa8 {
				continue
			}
			dst = append(append(dst, p[from:i]...), `\u202`...)
			dst = append(dst, hex[p[i+2]&15])
			i += 2
		case c == '"' || c == '\\':
			dst = append(append(dst, p[from:i]...), '\\', c)
		default:
			dst = append(append(dst, p[from:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		from = i + 1
	}
	return append(dst, p[from:]...)
}

func streamName(s wire.Stream) string {
	switch s {
	case wire.Err:
		return "err"
	case wire.Sys:
		return "sys"
	}
	return "out"
}

func levelName(l wire.Level) string {
	switch l {
	case wire.OK:
		return "ok"
	case wire.Debug:
		return "debug"
	case wire.Info:
		return "info"
	case wire.Warn:
		return "warn"
	case wire.Error:
		return "error"
	case wire.Fatal:
		return "fatal"
	case wire.System:
		return "system"
	}
	return "plain"
}
