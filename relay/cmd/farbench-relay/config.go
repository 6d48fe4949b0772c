package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/dial"
	"github.com/farbench/farbench/agent/envfile"
	"github.com/farbench/farbench/relay/auth"
	"github.com/farbench/farbench/relay/keeper"
)

const defaultListen = "127.0.0.1:8080"

// config is what the environment and the file say, checked.
type config struct {
	listen, scheme, token string
	hosts                 []string

	nats dial.Server

	keep keeper.Limits // zero fields: the keeper's own defaults
}

// settings are all there are, with what --help says of them.
var settings = []struct{ name, says string }{
	{"FARBENCH_LISTEN", "host:port, by default " + defaultListen + "; beyond loopback it needs FARBENCH_HOSTS"},
	{"FARBENCH_HOSTS", "the names that the relay is reached by, comma separated"},
	{"FARBENCH_SCHEME", "https behind a proxy that ends TLS, else http"},
	{"FARBENCH_TOKEN", "what testers sign in with: long and random"},
	{"FARBENCH_TOKEN_FILE", "or the file that holds it"},
	{"FARBENCH_NATS_URL", "the broker; beyond this machine tls:// or wss://"},
	{"FARBENCH_NATS_CREDS", "a credentials file, or"},
	{"FARBENCH_NATS_USER", "the user at the broker, and"},
	{"FARBENCH_NATS_PASSWORD", "its password"},
	{"FARBENCH_NATS_CA", "the broker's certificate authority, where it is one of your own"},
	{"FARBENCH_KEEP_DAYS", "how long runs are kept, by default 30"},
	{"FARBENCH_KEEP_MIB_PER_BENCH", "how many lines a bench may keep, by default 8192"},
}

var names = func() (all []string) {
	for _, s := range settings {
		all = append(all, s.name)
	}
	return all
}()

// readConfig reads the file, if one is named, and the environment, which wins.
// Its error lists every mistake.
func readConfig(file string, env func(string) string) (config, error) {
	values := map[string]string{}
	var mistakes []error
	wrong := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }
	if file != "" {
		read, err := readFile(file)
		if err != nil {
			mistakes = append(mistakes, err)
		}
		maps.Copy(values, read)
	}
	for _, name := range names {
		if v := env(name); v != "" {
			values[name] = v
		}
	}
	c := config{
		listen: values["FARBENCH_LISTEN"], scheme: values["FARBENCH_SCHEME"], token: values["FARBENCH_TOKEN"],
		nats: dial.Server{
			URL: values["FARBENCH_NATS_URL"], Creds: values["FARBENCH_NATS_CREDS"], CA: values["FARBENCH_NATS_CA"],
			User: values["FARBENCH_NATS_USER"], Password: values["FARBENCH_NATS_PASSWORD"],
		},
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
	return c, errors.Join(append(mistakes, c.nats.Check())...)
}

// readFile reads the settings of a file.
func readFile(path string) (map[string]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	defer file.Close()
	return envfile.Read(path, file, names)
}
