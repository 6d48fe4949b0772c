package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenData_TokenIsMadeOnceAndForItsOwner(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	first, err := openData(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(first.tokenFile(), 0o644); err != nil {
		t.Fatal(err)
	}
	second, err := openData(dir)
	if err != nil || second.token != first.token || len(first.token) < 26 {
		t.Errorf("tokens %q and %q (%v)", first.token, second.token, err)
	}
	if about, err := os.Stat(first.tokenFile()); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the token's file is %v (%v)", about.Mode(), err)
	}
}

func TestOpenData_SaysWhatIsInTheWay(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openData(file); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("a file in place of the directory: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openData(dir); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("an empty token: %v", err)
	}
}

func TestArguments_EveryMistakeAtOnce(t *testing.T) {
	args := arguments{Listen: "0.0.0.0:1", ADB: "tcp:nothing", Data: "x"}
	err := args.check()
	if err == nil || !strings.Contains(err.Error(), "--listen") || !strings.Contains(err.Error(), "--adb") {
		t.Errorf("got %v", err)
	}
	for _, good := range []arguments{{Listen: "127.0.0.1:0", ADB: "sim", Data: "x"}, {Listen: "[::1]:7070", ADB: "tcp:127.0.0.1:5037", Data: "x"}, {Listen: "localhost:7070", ADB: "auto", Data: "x"}} {
		if err := good.check(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
}
