package daemon

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adb"
)

// adbMode is whose devices a bench has.
type adbMode struct {
	kind string // sim, auto, attach, own, tcp
	addr string // of the adb server, where there is one from the start
	port int    // of the agent's own
}

// ownPort is where the agent's own adb server listens unless it is told
// otherwise: beside the usual one, which other programs of the PC start.
const ownPort = 5038

const adbModes = "sim, auto, attach, own, own:PORT or tcp:HOST:PORT"

func parseADB(text string) (adbMode, error) {
	wrong := fmt.Errorf("adb %q: it must be %s", text, adbModes)
	kind, rest, more := strings.Cut(text, ":")
	switch {
	case kind == "tcp":
		if _, _, err := net.SplitHostPort(rest); err != nil {
			return adbMode{}, wrong
		}
		return adbMode{kind: kind, addr: rest}, nil
	case kind == "own":
		m := adbMode{kind: kind, port: ownPort}
		if more {
			port, err := strconv.ParseUint(rest, 10, 16)
			if err != nil || port == 0 {
				return adbMode{}, wrong
			}
			m.port = int(port)
		}
		m.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(m.port))
		return m, nil
	case more:
	case kind == "attach":
		return adbMode{kind: kind, addr: adb.DefaultAddr}, nil
	case kind == "sim", kind == "auto":
		return adbMode{kind: kind}, nil
	}
	return adbMode{}, wrong
}

// CheckADB says what is wrong with a choice of devices, if anything.
func CheckADB(mode string) error {
	_, err := parseADB(mode)
	return err
}
