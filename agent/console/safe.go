package console

import "unicode/utf8"

// appendSafe puts what of text may go to a terminal at dst's end: characters,
// tabs and, where colours is set, SGR sequences. Other control sequences of a
// device must not act on the terminal of the bench's owner.
func appendSafe(dst, text []byte, colours bool) (out []byte, coloured bool) {
	for len(text) > 0 {
		c := text[0]
		switch {
		case c == 0x1b:
			n, sgr := sequence(text)
			if sgr && colours {
				dst, coloured = append(dst, text[:n]...), true
			}
			text = text[n:]
		case c == '\t' || c >= ' ' && c < 0x7f:
			dst, text = append(dst, c), text[1:]
		case c < 0x80:
			text = text[1:]
		default:
			r, n := utf8.DecodeRune(text)
			if r >= 0xa0 { // below are the C1 controls
				dst = utf8.AppendRune(dst, r) // U+FFFD for what is no UTF-8
			}
			text = text[n:]
		}
	}
	return dst, coloured
}

// sequence is the length of the escape sequence at text's beginning; sgr says
// that it only sets colours.
func sequence(text []byte) (n int, sgr bool) {
	if len(text) < 2 {
		return 1, false
	}
	switch text[1] {
	case '[': // CSI: parameters, then one final character
		plain := true
		for i := 2; i < len(text); i++ {
			switch c := text[i]; {
			case c >= 0x40 && c <= 0x7e:
				return i + 1, plain && c == 'm'
			case c < 0x20 || c > 0x7e:
				return i, false
			case c != ';' && c != ':' && (c < '0' || c > '9'):
				plain = false
			}
		}
		return len(text), false
	case ']', 'P', 'X', '^', '_': // strings, up to BEL or ST
		for i := 2; i < len(text); i++ {
			if text[i] == 0x07 {
				return i + 1, false
			}
			if text[i] == 0x1b && i+1 < len(text) && text[i+1] == '\\' {
				return i + 2, false
			}
		}
		return len(text), false
	}
	return 2, false
}
