package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func env(lines ...string) func(string) string {
	values := make(map[string]string)
	for _, line := range lines {
		key, value, _ := strings.Cut(line, "=")
		values[key] = value
	}
	return func(name string) string { return values[name] }
}

func TestConfig_EveryMistakeIsListedAtOnce(t *testing.T) {
	_, err := readConfig("", env("FARBENCH_LISTEN=0.0.0.0:80", "FARBENCH_SCHEME=ftp", "FARBENCH_NATS_URL=nats://u:secret@broker.example:4222",
		"FARBENCH_NATS_CREDS=/nowhere/creds", "FARBENCH_NATS_USER=hub"))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"FARBENCH_TOKEN is missing", "FARBENCH_HOSTS", "ftp", "needs TLS", "FARBENCH_NATS_CREDS", "FARBENCH_NATS_PASSWORD"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("a password is shown:\n%v", err)
	}
}

func TestConfig_BeyondLoopback(t *testing.T) {
	for name, c := range map[string]struct {
		env []string
		ok  bool
	}{
		"loopback":                 {nil, true},
		"everywhere":               {[]string{"FARBENCH_LISTEN=:8080"}, false},
		"everywhere, with names":   {[]string{"FARBENCH_LISTEN=:8080", "FARBENCH_HOSTS=relay.example, relay.example:8080"}, true},
		"a name that is none":      {[]string{"FARBENCH_HOSTS=relay.example."}, false},
		"a broker without TLS":     {[]string{"FARBENCH_NATS_URL=nats://10.0.0.1:4222"}, false},
		"one of several brokers":   {[]string{"FARBENCH_NATS_URL=tls://10.0.0.1:4222,nats://10.0.0.2:4222"}, false},
		"a broker with TLS":        {[]string{"FARBENCH_NATS_URL=tls://10.0.0.1:4222"}, true},
		"a broker over WebSockets": {[]string{"FARBENCH_NATS_URL=wss://broker.example/nats"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readConfig("", env(append([]string{"FARBENCH_TOKEN=t", "FARBENCH_NATS_URL=nats://127.0.0.1:4222"}, c.env...)...))
			if (err == nil) != c.ok {
				t.Fatal(err)
			}
		})
	}
}

func TestConfig_EnvironmentWinsOverTheFile(t *testing.T) {
	dir := t.TempDir()
	file, secret := filepath.Join(dir, "relay.conf"), filepath.Join(dir, "token")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(secret, "from the file\n")
	write(file, "# the relay\nFARBENCH_TOKEN_FILE="+secret+"\nFARBENCH_LISTEN=127.0.0.1:1\nFARBENCH_NATS_URL=\"nats://127.0.0.1:4222\"\n")
	c, err := readConfig(file, env("FARBENCH_LISTEN=127.0.0.1:2"))
	if err != nil || c.token != "from the file" || c.listen != "127.0.0.1:2" || c.nats.URL != "nats://127.0.0.1:4222" {
		t.Fatalf("%+v %v", c, err)
	}
	write(file, "FARBENCH_LISTN=x\nnonsense\n")
	if _, err := readConfig(file, env("FARBENCH_TOKEN=t", "FARBENCH_NATS_URL=nats://127.0.0.1:4222")); err == nil ||
		!strings.Contains(err.Error(), "relay.conf:1: FARBENCH_LISTN") || !strings.Contains(err.Error(), "relay.conf:2 is not") {
		t.Fatal(err)
	}
}
