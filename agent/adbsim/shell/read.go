package shell

import (
	"context"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// maxLine bounds what read takes for one line.
const maxLine = 1 << 20

// read takes one line of standard input, byte by byte so that the rest stays
// for the next reader, and splits it into variables.
func read(s *Shell, args []string) int {
	raw, limit, fd := false, maxLine, 0
	ctx := s.p.Context()
	args = args[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 {
		flag := args[0]
		args = args[1:]
		if flag == "--" {
			break
		}
		if flag == "-r" {
			raw = true
			continue
		}
		if len(args) == 0 {
			s.errorf("read: %s: requires an argument", flag)
			return 2
		}
		value, err := strconv.ParseFloat(args[0], 64)
		args = args[1:]
		if err != nil {
			s.errorf("read: %s: bad number", flag)
			return 2
		}
		switch flag {
		case "-t":
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, time.Duration(value*float64(time.Second)))
			defer cancel()
		case "-n", "-N":
			limit = int(value)
		case "-u":
			fd = int(value)
		default:
			s.errorf("read: %s: unknown option", flag)
			return 2
		}
	}
	if len(args) == 0 {
		args = []string{"REPLY"}
	}
	for _, name := range args {
		if !syntax.ValidName(name) {
			s.errorf("read: %s: is not an identifier", name)
			return 2
		}
	}
	line, whole := s.readLine(ctx, fd, raw, limit)
	values := expand.ReadFields(s.cfg, line, len(args), raw)
	for i, name := range args {
		value := ""
		if i < len(values) {
			value = values[i]
		}
		s.setString(name, value)
	}
	return truth(whole)
}

// readLine reports whether the line was ended by a newline.
func (s *Shell) readLine(ctx context.Context, fd int, raw bool, limit int) (string, bool) {
	f := s.p.FD(fd)
	if f == nil {
		s.errorf("read: bad file descriptor")
		return "", false
	}
	var line []byte
	escaped := false
	for len(line) < limit {
		var b [1]byte
		n, err := f.Read(ctx, b[:])
		if n == 0 || err != nil {
			return string(line), false
		}
		switch {
		case b[0] == '\n' && escaped: // the line goes on
			line, escaped = line[:len(line)-1], false
			continue
		case b[0] == '\n':
			return string(line), true
		}
		escaped = !raw && b[0] == '\\' && !escaped
		line = append(line, b[0])
	}
	return string(line), true
}
