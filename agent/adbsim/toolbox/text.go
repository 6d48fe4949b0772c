package toolbox

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"io"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

func cat(p *machine.Proc, args []string) int {
	_, names, ok := flags(p, args, "u", "")
	if !ok {
		return 1
	}
	buf := make([]byte, 64<<10)
	return inputs(p, "cat", names, func(_ string, r io.Reader) int {
		_, err := io.CopyBuffer(struct{ io.Writer }{p.Stdout()}, struct{ io.Reader }{r}, buf)
		return failed(err)
	})
}

func failed(err error) int {
	if err != nil {
		return 1
	}
	return 0
}

// counts reads -n N, -c N and the old -N of head and tail.
func counts(p *machine.Proc, args []string, known string) (lines, chars int64, set map[byte]string, names []string, ok bool) {
	lines, chars = 10, -1
	if len(args) > 1 && len(args[1]) > 1 && args[1][0] == '-' && args[1][1] >= '0' && args[1][1] <= '9' {
		args = append([]string{args[0], "-n", args[1][1:]}, args[2:]...)
	}
	set, names, ok = flags(p, args, known, "nc")
	if !ok {
		return 0, 0, nil, nil, false
	}
	for _, c := range []struct {
		flag byte
		to   *int64
	}{{'n', &lines}, {'c', &chars}} {
		text, given := set[c.flag]
		if !given {
			continue
		}
		n, err := number(strings.TrimPrefix(text, "+"))
		if err != nil {
			p.Errorf("%s: not integer: %s\n", args[0], text)
			return 0, 0, nil, nil, false
		}
		*c.to = max(n, 0)
	}
	return lines, chars, set, names, true
}

func head(p *machine.Proc, args []string) int {
	lines, chars, _, names, ok := counts(p, args, "q")
	if !ok {
		return 1
	}
	return inputs(p, "head", names, func(_ string, r io.Reader) int {
		if chars >= 0 {
			buf := make([]byte, 64<<10)
			_, err := io.CopyBuffer(struct{ io.Writer }{p.Stdout()}, struct{ io.Reader }{io.LimitReader(r, chars)}, buf)
			return failed(err)
		}
		out := output(p)
		left := lines
		if left > 0 {
			eachLine(live{r, out}, func(line []byte, ended bool) bool {
				_, _ = out.Write(line)
				if ended {
					_ = out.WriteByte('\n')
					left--
				}
				return left > 0
			})
		}
		return failed(out.Flush())
	})
}

func tail(p *machine.Proc, args []string) int {
	fromStart := slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(strings.TrimPrefix(a, "-n"), "+") })
	lines, chars, set, names, ok := counts(p, args, "fq")
	if !ok {
		return 1
	}
	status := inputs(p, "tail", names, func(_ string, r io.Reader) int {
		data, err := io.ReadAll(io.LimitReader(r, maxInput))
		if err != nil {
			return 1
		}
		switch {
		case chars >= 0:
			data = data[max(0, int64(len(data))-chars):]
		case fromStart:
			for skip := lines - 1; skip > 0 && len(data) > 0; skip-- {
				_, data, _ = bytes.Cut(data, []byte("\n"))
			}
		default:
			at := len(data)
			for n := int64(0); n <= lines && at >= 0; n++ {
				next := bytes.LastIndexByte(data[:max(0, min(at, len(data)-1))], '\n')
				if n == lines {
					break
				}
				at = next
			}
			data = data[min(len(data), at+1):]
		}
		_, err = p.Stdout().Write(data)
		return failed(err)
	})
	if _, follow := set['f']; follow && status == 0 {
		<-p.Context().Done()
	}
	return status
}

func wc(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "lwcm", "")
	if !ok {
		return 1
	}
	var total [3]int64
	show := func(n [3]int64, name string) {
		var cols []string
		for i, flag := range []byte("lwc") {
			if _, asked := set[flag]; asked || len(set) == 0 {
				cols = append(cols, strconv.FormatInt(n[i], 10))
			}
		}
		if name != "-" {
			cols = append(cols, name)
		}
		p.Printf("%s\n", strings.Join(cols, " "))
	}
	status := inputs(p, "wc", names, func(name string, r io.Reader) int {
		var n [3]int64
		buf := make([]byte, 64<<10)
		in := false
		for {
			got, err := r.Read(buf)
			n[2] += int64(got)
			n[0] += int64(bytes.Count(buf[:got], []byte("\n")))
			for _, c := range buf[:got] {
				space := c == ' ' || c >= '\t' && c <= '\r'
				if !space && !in {
					n[1]++
				}
				in = !space
			}
			if err != nil {
				break
			}
		}
		show(n, name)
		for i := range total {
			total[i] += n[i]
		}
		return 0
	})
	if len(names) > 1 {
		show(total, "total")
	}
	return status
}

func sortLines(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "nru", "tk")
	if !ok {
		return 1
	}
	var lines []string
	size := 0
	status := inputs(p, "sort", names, func(_ string, r io.Reader) int {
		var part []byte
		eachLine(r, func(line []byte, ended bool) bool {
			if part = append(part, line...); ended {
				lines = append(lines, string(part))
				size += len(part)
				part = nil
			}
			return size < maxInput
		})
		if len(part) > 0 {
			lines = append(lines, string(part))
		}
		return 0
	})
	key := func(line string) string { return line }
	if text, given := set['k']; given {
		field, _ := strconv.Atoi(strings.TrimRight(strings.Split(text, ",")[0], "nr"))
		sep := set['t']
		key = func(line string) string {
			parts := strings.Fields(line)
			if sep != "" {
				parts = strings.Split(line, sep)
			}
			if field < 1 || field > len(parts) {
				return ""
			}
			return parts[field-1]
		}
	}
	_, numeric := set['n']
	_, reverse := set['r']
	_, unique := set['u']
	compare := func(a, b string) int { return strings.Compare(key(a), key(b)) }
	if numeric {
		compare = func(a, b string) int {
			x, y := leading(key(a)), leading(key(b))
			switch {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return strings.Compare(a, b)
		}
	}
	sort.SliceStable(lines, func(i, j int) bool {
		c := compare(lines[i], lines[j])
		return c < 0 && !reverse || c > 0 && reverse
	})
	if unique {
		lines = slices.CompactFunc(lines, func(a, b string) bool { return compare(a, b) == 0 })
	}
	out := output(p)
	for _, line := range lines {
		_, _ = out.WriteString(line)
		if out.WriteByte('\n') != nil {
			return 1
		}
	}
	return max(status, failed(out.Flush()))
}

// leading is the number that a line begins with.
func leading(text string) float64 {
	text = strings.TrimSpace(text)
	n := 0
	for n < len(text) && strings.IndexByte("+-.0123456789", text[n]) >= 0 {
		n++
	}
	v, _ := strconv.ParseFloat(text[:n], 64)
	return v
}

func uniq(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "cdu", "")
	if !ok {
		return 1
	}
	out := output(p)
	var last string
	count := 0
	_, counted := set['c']
	_, repeated := set['d']
	_, single := set['u']
	flush := func() {
		if count == 0 || repeated && count < 2 || single && count > 1 {
			return
		}
		if counted {
			_, _ = out.WriteString(strconv.Itoa(count) + " ")
		}
		_, _ = out.WriteString(last + "\n")
	}
	status := inputs(p, "uniq", names, func(_ string, r io.Reader) int {
		eachLine(live{r, out}, func(line []byte, _ bool) bool {
			if count > 0 && string(line) == last {
				count++
				return true
			}
			flush()
			last, count = string(line), 1
			return true
		})
		return 0
	})
	flush()
	return max(status, failed(out.Flush()))
}

func tee(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "ai", "")
	if !ok {
		return 1
	}
	flag := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if _, add := set['a']; add {
		flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	to := []io.Writer{p.Stdout()}
	for _, name := range names {
		f, err := p.Open(name, flag)
		if err != nil {
			p.Errorf("tee: %s: %s\n", name, machine.Reason(err))
			return 1
		}
		defer f.Close()
		to = append(to, machine.Bound{P: p, F: f})
	}
	_, err := io.Copy(io.MultiWriter(to...), p.Stdin())
	return failed(err)
}

func checksum(p *machine.Proc, args []string) int {
	_, names, ok := flags(p, args, "b", "")
	if !ok {
		return 1
	}
	return inputs(p, args[0], names, func(name string, r io.Reader) int {
		var h hash.Hash
		switch args[0] {
		case "md5sum":
			h = md5.New()
		case "sha1sum":
			h = sha1.New()
		default:
			h = sha256.New()
		}
		if _, err := io.CopyBuffer(h, struct{ io.Reader }{r}, make([]byte, 64<<10)); err != nil {
			return 1
		}
		p.Printf("%x  %s\n", h.Sum(nil), name)
		return 0
	})
}
