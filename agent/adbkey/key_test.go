package adbkey

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestEnsure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "adbkey")
	first, err := Ensure(path, "farbench@bench-7")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the private key is %v, %v, want it for its owner alone", info.Mode(), err)
	}
	again, err := Ensure(path, "another")
	if err != nil || !again.Equal(first) {
		t.Errorf("the second time it is another key: %v", err)
	}
	public, err := os.ReadFile(path + ".pub")
	if err != nil || !strings.HasSuffix(string(public), " farbench@bench-7\n") {
		t.Errorf("public key %q, %v", public, err)
	}
	if key, err := ParsePublic(public); err != nil || !key.Equal(&first.PublicKey) {
		t.Errorf("the public key reads as another: %v", err)
	}
	if print := Fingerprint(&first.PublicKey); len(print) != 47 {
		t.Errorf("fingerprint %q", print)
	}
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Ensure(path, ""); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("a broken key: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "nonsense" {
		t.Error("a broken key was overwritten")
	}
}

// The real adb reads our private key and comes to the same public one.
func TestPublic_asTheRealADB(t *testing.T) {
	if _, err := exec.LookPath("adb"); err != nil {
		t.Skip("no adb: install it (Debian: apt-get install adb) to run this test")
	}
	path := filepath.Join(t.TempDir(), "adbkey")
	key, err := Ensure(path, "x")
	if err != nil {
		t.Fatal(err)
	}
	client := exec.Command("adb", "pubkey", path)
	client.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := client.Output()
	if err != nil {
		t.Fatalf("adb pubkey: %v", err)
	}
	want, _, _ := strings.Cut(string(out), " ")
	if got, _, _ := strings.Cut(Public(&key.PublicKey, "x"), " "); got != strings.TrimSpace(want) {
		t.Errorf("adb writes\n%s\nwe write\n%s", want, got)
	}
}

func TestSigned(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	token := bytes.Repeat([]byte{7}, TokenSize)
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA1, token)
	if err != nil {
		t.Fatal(err)
	}
	other := bytes.Repeat([]byte{8}, TokenSize)
	if !Signed(&key.PublicKey, token, signature) || Signed(&key.PublicKey, other, signature) ||
		Signed(&key.PublicKey, token, signature[1:]) || Signed(&key.PublicKey, token[1:], signature) || Signed(&key.PublicKey, token, nil) {
		t.Error("a signature holds for its key and token alone")
	}
}

func FuzzParsePublic(f *testing.F) {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(Public(&key.PublicKey, "somebody") + "\x00"))
	f.Add([]byte(strings.Repeat("A", 700)))
	f.Add([]byte(" "))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := ParsePublic(text)
		if err != nil {
			return
		}
		if again, err := ParsePublic([]byte(Public(key, ""))); err != nil || !again.Equal(key) {
			t.Errorf("%q reads as another the second time: %v", text, err)
		}
		Signed(key, make([]byte, TokenSize), text)
	})
}
