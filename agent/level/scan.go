package level

// skipBlank skips blanks and the colours that a tool put in front of its mark
// (ANSI SGR sequences, "\x1b[1;31m").
func skipBlank(text []byte) []byte {
	for len(text) > 0 {
		switch text[0] {
		case ' ', '\t':
			text = text[1:]
		case 0x1b:
			n := sgrLen(text)
			if n == 0 {
				return text
			}
			text = text[n:]
		default:
			return text
		}
	}
	return text
}

// sgrLen is the length of the SGR sequence at text's beginning, 0 for none.
func sgrLen(text []byte) int {
	const longest = 32
	if len(text) < 3 || text[1] != '[' {
		return 0
	}
	for i, c := range text[2:min(len(text), longest)] {
		switch {
		case c == 'm':
			return i + 3
		case c != ';' && c != ':' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}

// clockLen is the length of a column of digits and what dates and times have
// between them, 0 where the column holds anything else: then the line begins
// with a text, not with a clock.
func clockLen(text []byte) int {
	const longest = 35 // 2026-11-21T08:00:00.123456789+01:00
	for i := 1; i < len(text) && i <= longest; i++ {
		switch c := text[i]; {
		case clock[c]:
		case c == ' ' || c == '\t':
			return i
		default:
			return 0
		}
	}
	return 0
}

// clock are the characters of dates, times and process ids.
var clock = set("0123456789-:.,/+TZ")

func set(chars string) (s [256]bool) {
	for i := range len(chars) {
		s[chars[i]] = true
	}
	return s
}
