package adbserver

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
)

func needADB(t *testing.T) Program {
	t.Helper()
	program, err := Find(t.Context(), "")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return program
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// logged is what the server's keeper logs.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) count(word string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), word)
}

// pid is that of the server which was started last.
func (l *logged) pid(t *testing.T) int {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	all := regexp.MustCompile(`pid=(\d+)`).FindAllStringSubmatch(l.text.String(), -1)
	pid, err := strconv.Atoi(all[len(all)-1][1])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 30 s for: %s", what)
		}
	}
}

func run(t *testing.T, c Config) (s *Server, log *logged, stop func()) {
	t.Helper()
	log = &logged{}
	c.Logger = slog.New(slog.NewTextHandler(log, nil))
	t.Setenv("HOME", t.TempDir())
	s = New(c)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("Run ended with %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return s, log, stop
}

func answers(t *testing.T, addr string) bool {
	_, err := adb.New(addr).Version(t.Context())
	return err == nil
}

func TestServer_killedIsStartedAgain(t *testing.T) {
	s, log, stop := run(t, Config{Program: needADB(t), Port: freePort(t), Wait: 10 * time.Millisecond})
	for started := 1; started <= 3; started++ {
		eventually(t, "a server", func() bool { return log.count("adb server started") == started && answers(t, s.Addr()) })
		server, err := os.FindProcess(log.pid(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the last one", func() bool { return answers(t, s.Addr()) })
	stop()
	if s.answers(t.Context()) {
		t.Error("the server outlives its keeper")
	}
}

func TestServer_strangerOnItsPortIsNotKilled(t *testing.T) {
	program := needADB(t)
	stranger, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", "0"))
	if err != nil {
		t.Fatal(err)
	}
	port := stranger.Addr().(*net.TCPAddr).Port
	var said sync.Map
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := stranger.Accept()
			if err != nil {
				return
			}
			all, _ := io.ReadAll(conn)
			said.Store(string(all), true)
			conn.Close()
		}
	})
	_, log, stop := run(t, Config{Program: program, Port: port})
	eventually(t, "that it is noticed", func() bool { return log.count("it is used, not killed") == 1 })
	if log.count("started") != 0 {
		t.Error("a server was started beside it")
	}
	stop()
	stranger.Close()
	serving.Wait()
	said.Range(func(words, _ any) bool {
		if words != "" {
			t.Errorf("it was told %q", words)
		}
		return true
	})
}

func TestServer_programThatEndsAtOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script")
	}
	path := filepath.Join(t.TempDir(), "adb")
	script := "#!/bin/sh\necho \"$HOME $ADB_VENDOR_KEYS $ADB_REJECT_KILL_SERVER $*\" >&2\nexit 3\n"
	t.Setenv("ADB_VENDOR_KEYS", "/lab/key")
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	_, log, _ := run(t, Config{Program: Program{Path: path}, Port: freePort(t), Home: "/state", Wait: 50 * time.Millisecond})
	eventually(t, "three tries", func() bool { return log.count("started again") >= 3 })
	if log.count("exit status 3") < 3 || log.count("/state /state/.android/adbkey:/lab/key 1 -P") < 3 || log.count("in=100ms") != 1 || log.count("in=200ms") != 1 {
		t.Errorf("logged:\n%s", log.text.String())
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	tools := filepath.Join(dir, "platform-tools")
	if err := os.Mkdir(tools, 0o755); err != nil {
		t.Fatal(err)
	}
	name := "adb"
	if runtime.GOOS == "windows" {
		name = "adb.exe"
	}
	there := filepath.Join(tools, name)
	if err := os.WriteFile(there, []byte("#!/bin/sh\necho hello\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "")
	home := func(key string) string { return map[string]string{"ANDROID_HOME": dir}[key] }
	if path, err := look("", home); err != nil || path != there {
		t.Errorf("in ANDROID_HOME: %q, %v", path, err)
	}
	if path, err := look(there, func(string) string { return "" }); err != nil || path != there {
		t.Errorf("at its path: %q, %v", path, err)
	}
	if _, err := look(there+"no", home); err == nil {
		t.Error("a path that holds none was passed over")
	}
	if _, err := look("", func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "FARBENCH_ADB_PATH") {
		t.Errorf("nowhere: %v", err)
	}
	if _, err := Find(t.Context(), there); err == nil || !strings.Contains(err.Error(), "Android's adb") {
		t.Errorf("a program that is another: %v", err)
	}
}

func TestParseVersion(t *testing.T) {
	for said, want := range map[string]string{
		"Android Debug Bridge version 1.0.41\nVersion 29.0.6-debian\nInstalled as /usr/lib/adb\n": "29.0.6-debian",
		"Android Debug Bridge version 1.0.36\nRevision 1:7.0.0\n":                                 "1.0.36",
		"Android Debug Bridge version 1.0.41\r\nVersion 36.0.0-13206524\r\n":                      "36.0.0-13206524",
		"hello": "", "": "", "Version 3\n": "",
	} {
		if got, ok := parseVersion(said); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", said, got, ok)
		}
	}
}
