package broker_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/farbench/farbench/relay/broker"
)

const deployed = "../../deploy/nats/farbench.conf"

func TestDeploy_IsTheSameText(t *testing.T) {
	want, err := broker.Config(broker.Deploy())
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("FARBENCH_GEN") != "" {
		if err := os.WriteFile(deployed, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(deployed); err != nil || string(got) != want {
		t.Fatalf("%s is stale (%v): run make gen", deployed, err)
	}
}

func TestDeploy_ServerAcceptsTheFiles(t *testing.T) {
	program := filepath.Join(t.TempDir(), "nats-server")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/nats-io/nats-server/v2").CombinedOutput(); err != nil {
		t.Fatalf("building nats-server: %v\n%s", err, out)
	}
	certificate, key := selfSigned(t)
	for _, file := range []string{deployed, "../../deploy/nats/public.conf"} {
		check := exec.Command(program, "-t", "-c", file)
		check.Env = append(os.Environ(), "FARBENCH_HUB_PASSWORD=h-1", "FARBENCH_DEMO_PASSWORD=d-1", "FARBENCH_TLS_CERT="+certificate, "FARBENCH_TLS_KEY="+key)
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
}

func TestDeploy_BeyondLoopbackOnlyWithTLS(t *testing.T) {
	certificate, key := selfSigned(t)
	for name, value := range map[string]string{"FARBENCH_HUB_PASSWORD": "h-1", "FARBENCH_DEMO_PASSWORD": "d-1", "FARBENCH_TLS_CERT": certificate, "FARBENCH_TLS_KEY": key} {
		t.Setenv(name, value)
	}
	public, err := server.ProcessConfigFile("../../deploy/nats/public.conf")
	if err != nil {
		t.Fatal(err)
	}
	if public.Host != "0.0.0.0" || public.TLSConfig == nil || len(public.Accounts) == 0 {
		t.Errorf("public.conf listens on %s, TLS %v, %d accounts", public.Host, public.TLSConfig != nil, len(public.Accounts))
	}
	if private, err := server.ProcessConfigFile(deployed); err != nil || private.Host != "127.0.0.1" {
		t.Errorf("farbench.conf listens on %s (%v)", private.Host, err)
	}
}

// selfSigned writes a certificate and its key.
func selfSigned(t *testing.T) (certificate, key string) {
	t.Helper()
	pair, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"nats"}, NotAfter: time.Now().Add(time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, &about, &about, &pair.PublicKey, pair)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(pair)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, content []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	return write("cert.pem", "CERTIFICATE", signed), write("key.pem", "PRIVATE KEY", private)
}
