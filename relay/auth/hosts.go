package auth

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Hosts is the allow-list of names that the relay is reached by. Without it any
// page that a tester has open could reach the relay under a name of its own
// (DNS rebinding).
type Hosts struct {
	scheme  string // http or https, as browsers see it
	allowed map[string]bool
}

// NewHosts reads the configured names, host or host:port. A name without a port
// holds for the scheme's own port and for the one listened on. Without names,
// loopback's own hold.
func NewHosts(names []string, scheme string, port int) (*Hosts, error) {
	if scheme == "" {
		scheme = "http"
	}
	if scheme != "http" && scheme != "https" {
		return nil, fmt.Errorf("the scheme is http or https, not %q", scheme)
	}
	h := &Hosts{scheme: scheme, allowed: make(map[string]bool)}
	if len(names) == 0 {
		names = []string{"127.0.0.1", "localhost", "[::1]"}
		for i := range names {
			names[i] += ":" + strconv.Itoa(port)
		}
	}
	var wrong []error
	for _, name := range names {
		host, given, err := split(name)
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Errorf("host %q: %w", name, err))
		case given != 0:
			h.allowed[key(host, given)] = true
		default:
			h.allowed[key(host, h.defaultPort())] = true
			h.allowed[key(host, port)] = true
		}
	}
	return h, errors.Join(wrong...)
}

// Host says whether a request's Host header names this relay.
func (h *Hosts) Host(header string) bool {
	host, port, err := split(header)
	if err != nil {
		return false
	}
	if port == 0 {
		port = h.defaultPort()
	}
	return h.allowed[key(host, port)]
}

// Origin says whether a page of this origin may ask: its host and port are
// allowed and its scheme is the one that the relay is served by. "null" and
// anything but scheme://host[:port] is refused. Requests without Origin come
// from no page: the caller lets them pass.
func (h *Hosts) Origin(header string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(header), h.scheme+"://")
	return ok && h.Host(rest)
}

// Port is the port that a Host header names, for the cookie's name.
func (h *Hosts) Port(header string) int {
	_, port, err := split(header)
	if err != nil || port == 0 {
		return h.defaultPort()
	}
	return port
}

// Scheme is the one that browsers see.
func (h *Hosts) Scheme() string { return h.scheme }

func (h *Hosts) defaultPort() int {
	if h.scheme == "https" {
		return 443
	}
	return 80
}

func key(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

var errHost = errors.New("not a host or host:port")

// split reads host or host:port, without case; port 0 where none is named.
func split(s string) (host string, port int, err error) {
	if len(s) == 0 || len(s) > 300 {
		return "", 0, errHost
	}
	s = strings.ToLower(s)
	rest := ""
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", 0, errHost
		}
		addr, err := netip.ParseAddr(s[1:end])
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return "", 0, errHost
		}
		host, rest = addr.String(), s[end+1:]
	} else {
		at := strings.IndexByte(s, ':')
		if at < 0 {
			at = len(s)
		}
		host, rest = s[:at], s[at:]
		if !validName(host) {
			return "", 0, errHost
		}
	}
	if rest == "" {
		return host, 0, nil
	}
	digits, ok := strings.CutPrefix(rest, ":")
	n, err := strconv.ParseUint(digits, 10, 16)
	if !ok || err != nil || n == 0 || digits[0] == '0' || digits[0] == '+' {
		return "", 0, errHost
	}
	return host, int(n), nil
}

// validName holds for a DNS name or an IPv4 address; a trailing dot, which names
// the same machine under another string, is refused.
func validName(s string) bool {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return true
}

// Loopback says whether a listen address stays on this machine. A name other
// than localhost, or no host at all, does not.
func Loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
