package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/relay/auth"
	"github.com/farbench/farbench/relay/keeper"
)

const defaultListen = "127.0.0.1:8080"

// config is what the environment and the file say, checked.
type config struct {
	listen, scheme, token string
	hosts                 []string

	natsURL, natsCreds, natsUser, natsPassword, natsCA string

	keep keeper.Limits // zero fields: the keeper's own defaults
}

var names = []string{
	"FARBENCH_LISTEN", "FARBENCH_HOSTS", "FARBENCH_SCHEME", "FARBENCH_TOKEN", "FARBENCH_TOKEN_FILE",
	"FARBENCH_NATS_URL", "FARBENCH_NATS_CREDS", "FARBENCH_NATS_USER", "FARBENCH_NATS_PASSWORD", "FARBENCH_NATS_CA",
	"FARBENCH_KEEP_DAYS", "FARBENCH_KEEP_MIB_PER_BENCH",
}

// readConfig reads the file, if one is named, and the environment, which wins.
// Its error lists every mistake.
func readConfig(file string, env func(string) string) (config, error) {
	values := make(map[string]string)
	var mistakes []error
	wrong := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }
	if file != "" {
		if err := readFile(file, values); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	for _, name := range names {
		if v := env(name); v != "" {
			values[name] = v
		}
	}
	c := config{
		listen: values["FARBENCH_LISTEN"], scheme: values["FARBENCH_SCHEME"], token: values["FARBENCH_TOKEN"],
		natsURL: values["FARBENCH_NATS_URL"], natsCreds: values["FARBENCH_NATS_CREDS"], natsCA: values["FARBENCH_NATS_CA"],
		natsUser: values["FARBENCH_NATS_USER"], natsPassword: values["FARBENCH_NATS_PASSWORD"],
	}
	if c.listen == "" {
		c.listen = defaultListen
	}
	for host := range strings.SplitSeq(values["FARBENCH_HOSTS"], ",") {
		if host = strings.TrimSpace(host); host != "" {
			c.hosts = append(c.hosts, host)
		}
	}

	if path := values["FARBENCH_TOKEN_FILE"]; path != "" {
		content, err := os.ReadFile(path)
		switch {
		case c.token != "":
			wrong("FARBENCH_TOKEN and FARBENCH_TOKEN_FILE are both set: choose one")
		case err != nil:
			wrong("FARBENCH_TOKEN_FILE: %w", err)
		default:
			if c.token = strings.TrimSpace(string(content)); c.token == "" {
				wrong("FARBENCH_TOKEN_FILE: %s is empty", path)
			}
		}
	} else if c.token == "" {
		wrong("FARBENCH_TOKEN is missing: it is what testers sign in with; a long random one, or FARBENCH_TOKEN_FILE with its file")
	}
	if _, port, err := net.SplitHostPort(c.listen); err != nil || port == "" {
		wrong("FARBENCH_LISTEN=%s is not host:port", c.listen)
	} else if !auth.Loopback(c.listen) && len(c.hosts) == 0 {
		wrong("FARBENCH_LISTEN=%s is not loopback: it also needs FARBENCH_HOSTS, the names that the relay is reached by", c.listen)
	}
	if _, err := auth.NewHosts(c.hosts, c.scheme, 1); err != nil {
		wrong("FARBENCH_HOSTS and FARBENCH_SCHEME: %w", err)
	}
	count := func(name string) int64 {
		v := values[name]
		if v == "" {
			return 0
		}
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil || n < 1 {
			wrong("%s=%s is not a whole number from 1 on", name, v)
		}
		return n
	}
	c.keep = keeper.Limits{
		Age:           time.Duration(count("FARBENCH_KEEP_DAYS")) * 24 * time.Hour,
		BytesPerBench: count("FARBENCH_KEEP_MIB_PER_BENCH") << 20,
	}
	mistakes = append(mistakes, c.checkNATS()...)
	return c, errors.Join(mistakes...)
}

// checkNATS finds what is wrong with the way to the broker.
func (c *config) checkNATS() (mistakes []error) {
	wrong := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }
	if c.natsURL == "" {
		wrong("FARBENCH_NATS_URL is missing, for example nats://127.0.0.1:4222")
	}
	for one := range strings.SplitSeq(c.natsURL, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		u, err := url.Parse(one)
		switch {
		case err != nil || u.Hostname() == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme):
			wrong("FARBENCH_NATS_URL=%s is not nats://, tls://, ws:// or wss:// with a host", hide(one))
		case (u.Scheme == "nats" && c.natsCA == "" || u.Scheme == "ws") && !loopback(u.Hostname()):
			wrong("FARBENCH_NATS_URL=%s is not loopback: it needs TLS (tls:// or wss://, or FARBENCH_NATS_CA)", hide(one))
		}
	}
	for name, path := range map[string]string{"FARBENCH_NATS_CREDS": c.natsCreds, "FARBENCH_NATS_CA": c.natsCA} {
		if path == "" {
			continue
		}
		if file, err := os.Open(path); err != nil {
			wrong("%s: %w", name, err)
		} else {
			_ = file.Close()
		}
	}
	if (c.natsUser == "") != (c.natsPassword == "") {
		wrong("FARBENCH_NATS_USER and FARBENCH_NATS_PASSWORD belong together: one of them is missing")
	}
	if c.natsUser != "" && c.natsCreds != "" {
		wrong("FARBENCH_NATS_USER and FARBENCH_NATS_CREDS are both set: choose one")
	}
	return mistakes
}

// hide keeps a password in a URL out of terminals and logs.
func hide(raw string) string {
	if u, err := url.Parse(raw); err == nil {
		return u.Redacted()
	}
	return "(unreadable)"
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// readFile reads KEY=VALUE lines; # begins a comment line.
func readFile(path string, values map[string]string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	defer file.Close()
	var mistakes []error
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, found := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		switch {
		case !found:
			mistakes = append(mistakes, fmt.Errorf("%s:%d is not KEY=VALUE", path, n))
		case !slices.Contains(names, key):
			mistakes = append(mistakes, fmt.Errorf("%s:%d: %s is not a setting of the relay", path, n, key))
		default:
			values[key] = value
		}
	}
	if err := lines.Err(); err != nil {
		mistakes = append(mistakes, fmt.Errorf("reading %s: %w", path, err))
	}
	return errors.Join(mistakes...)
}
