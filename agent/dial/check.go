package dial

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
)

// Check lists every mistake, by the setting that holds it.
func (s Server) Check() error {
	var mistakes []error
	wrong := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }
	if s.URL == "" {
		wrong("FARBENCH_NATS_URL is missing, for example nats://127.0.0.1:4222")
	} else {
		for one := range strings.SplitSeq(s.URL, ",") {
			if why := s.refuses(strings.TrimSpace(one)); why != "" {
				wrong("FARBENCH_NATS_URL=%s %s", redacted(strings.TrimSpace(one)), why)
			}
		}
	}
	for _, file := range []struct{ name, path string }{{"FARBENCH_NATS_CREDS", s.Creds}, {"FARBENCH_NATS_CA", s.CA}} {
		if file.path == "" {
			continue
		}
		if opened, err := os.Open(file.path); err != nil {
			wrong("%s: %w", file.name, err)
		} else {
			_ = opened.Close()
		}
	}
	if (s.User == "") != (s.Password == "") {
		wrong("FARBENCH_NATS_USER and FARBENCH_NATS_PASSWORD belong together: one of them is missing")
	}
	if s.User != "" && s.Creds != "" {
		wrong("FARBENCH_NATS_USER and FARBENCH_NATS_CREDS are both set: choose one")
	}
	return errors.Join(mistakes...)
}

// refuses says why one URL will not do; a URL without a scheme is a nats://.
func (s Server) refuses(one string) string {
	if !strings.Contains(one, "://") {
		one = "nats://" + one
	}
	u, err := url.Parse(one)
	if err != nil || u.Hostname() == "" {
		return "is not nats://, tls://, ws:// or wss:// with a host"
	}
	switch u.Scheme {
	case "tls", "wss":
		return ""
	case "nats", "ws":
		if s.CA == "" && !loopback(u.Hostname()) {
			return "is beyond this machine and needs TLS: use tls:// or wss://, or name a CA"
		}
		return ""
	}
	return "is not nats://, tls://, ws:// or wss:// with a host"
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
