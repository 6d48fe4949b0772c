package adbsim

import (
	"errors"
	"fmt"
	"io"
	"strconv"
)

// errFrame is a host request that does not begin with four hex digits.
var errFrame = errors.New("not a host request")

// readRequest reads one request of the host protocol: four hex digits of
// length, and as many bytes.
func readRequest(r io.Reader) (string, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return "", err
	}
	for _, c := range head {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return "", errFrame
		}
	}
	n, err := strconv.ParseUint(string(head[:]), 16, 16)
	if err != nil {
		return "", errFrame
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return "", err
	}
	return string(body), nil
}

// counted is text behind its length in four hex digits.
func counted(text string) string {
	text = text[:min(len(text), 0xffff)]
	return fmt.Sprintf("%04x%s", len(text), text)
}

func okay(w io.Writer, rest string) error {
	_, err := io.WriteString(w, "OKAY"+rest)
	return err
}

func fail(w io.Writer, format string, args ...any) {
	_, _ = io.WriteString(w, "FAIL"+counted(fmt.Sprintf(format, args...)))
}
