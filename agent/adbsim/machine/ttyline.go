package machine

import (
	"context"
	"unicode/utf8"
)

const (
	maxTyped  = 4095     // bytes of a line that is being typed
	maxUnread = 64 << 10 // bytes that wait to be read
)

// The keys of the line discipline, as stty shows them.
const (
	keyIntr  = 0x03 // ^C
	keyEOF   = 0x04 // ^D
	keyKill  = 0x15 // ^U
	keyErase = 0x17 // ^W, a word
	keyQuit  = 0x1c // ^\
	keyBack  = 0x08
	keyDel   = 0x7f
)

// Input is what was typed, or sent where nobody types: a terminal without
// Icanon takes all of it, in the time that its readers need. One that edits
// lines loses what does not fit, as a terminal does that nobody reads.
func (t *TTY) Input(ctx context.Context, typed []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(typed) > 0 {
		if t.hung {
			return nil
		}
		if t.modes.Icanon || t.modes.Isig {
			t.key(typed[0])
			typed = typed[1:]
			continue
		}
		room := maxUnread - t.size
		if room <= 0 {
			if err := t.wait(ctx); err != nil {
				return err
			}
			continue
		}
		n := min(room, len(typed))
		if t.modes.Echo {
			t.show(typed[:n])
		}
		t.feed(typed[:n])
		typed = typed[n:]
	}
	return nil
}

// key is one byte that was typed; the lock is held.
func (t *TTY) key(c byte) {
	if c == '\r' && t.modes.Icrnl {
		c = '\n'
	}
	if t.modes.Isig && (c == keyIntr || c == keyQuit) {
		t.echo(c)
		t.line, t.lines, t.size = nil, nil, 0 // what was typed ahead is gone too
		t.tell(map[byte]Signal{keyIntr: INT, keyQuit: QUIT}[c])
		return
	}
	if !t.modes.Icanon {
		t.echo(c)
		t.feed([]byte{c})
		return
	}
	switch c {
	case '\n':
		t.echo(c)
		t.feed(append(t.line, '\n'))
		t.line = nil
	case keyEOF: // what is there can be read; of nothing, the end
		t.feed(t.line)
		t.line = nil
	case keyBack, keyDel:
		t.erase()
	case keyKill:
		for len(t.line) > 0 {
			t.erase()
		}
	case keyErase:
		for len(t.line) > 0 && t.line[len(t.line)-1] == ' ' {
			t.erase()
		}
		for len(t.line) > 0 && t.line[len(t.line)-1] != ' ' {
			t.erase()
		}
	default:
		if len(t.line) < maxTyped {
			t.line = append(t.line, c)
			t.echo(c)
		}
	}
}

// erase takes the newest character off the line, in all its bytes, and off the
// screen.
func (t *TTY) erase() {
	if len(t.line) == 0 {
		return
	}
	_, n := utf8.DecodeLastRune(t.line)
	c := t.line[len(t.line)-1]
	t.line = t.line[:len(t.line)-n]
	if t.modes.Echo {
		t.show([]byte("\b \b"))
		if isControl(c) {
			t.show([]byte("\b \b"))
		}
	}
}

func isControl(c byte) bool { return c < ' ' && c != '\t' && c != '\n' || c == keyDel }

// echo shows a typed byte, a control character as ^X.
func (t *TTY) echo(c byte) {
	switch {
	case !t.modes.Echo:
	case c == '\n' && t.modes.Onlcr:
		t.show([]byte("\r\n"))
	case isControl(c):
		t.show([]byte{'^', c ^ 0x40})
	default:
		t.show([]byte{c})
	}
}

// feed makes a line readable; the lock is held.
func (t *TTY) feed(line []byte) {
	if t.size+len(line) > maxUnread || len(t.lines) >= maxUnread/16 {
		return
	}
	t.lines = append(t.lines, append([]byte(nil), line...))
	t.size += len(line)
	t.wake()
}

// show puts something on the screen. It drops what does not fit: who types is
// not held up by what nobody looks at.
func (t *TTY) show(b []byte) { t.out.offer(b) }

func (p *pipe) offer(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.noReader || p.size+len(b) > pipeSize {
		return
	}
	p.grow(p.size + len(b))
	end := (p.at + p.size) % len(p.buf)
	n := copy(p.buf[end:], b)
	copy(p.buf, b[n:])
	p.size += len(b)
	p.wake()
}
