package daemon

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/farbench/farbench/agent/wire"
)

// check lists every mistake of the configuration.
func (c Config) check() error {
	var wrong []error
	if c.Bench == "" {
		wrong = append(wrong, errors.New("no bench is given"))
	}
	if c.Data == "" {
		wrong = append(wrong, errors.New("no data directory is given"))
	}
	if c.NATS.URL == "" {
		wrong = append(wrong, errors.New("no NATS URL is given"))
	}
	return errors.Join(append(wrong, c.CheckGiven())...)
}

// CheckGiven lists the mistakes in what is given, for callers that say in
// their own words what is missing.
func (c Config) CheckGiven() error {
	var wrong []error
	if c.Bench != "" && !wire.ValidID(c.Bench) {
		wrong = append(wrong, fmt.Errorf("bench %q: an id is 1 to 32 of a-z, 0-9 and -", c.Bench))
	}
	if _, err := adbAddress(c.ADB); err != nil {
		wrong = append(wrong, err)
	}
	if c.NATS.URL != "" {
		wrong = append(wrong, c.NATS.Check())
	}
	return errors.Join(wrong...)
}

// adbAddress is the adb server's address, empty for sim and auto.
func adbAddress(mode string) (string, error) {
	addr, ok := strings.CutPrefix(mode, "tcp:")
	switch {
	case mode == "sim" || mode == "auto":
		return "", nil
	case !ok:
		return "", fmt.Errorf("adb %q: it must be sim, auto or tcp:HOST:PORT", mode)
	}
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return "", fmt.Errorf("adb %q: it must be sim, auto or tcp:HOST:PORT", mode)
	}
	return addr, nil
}
