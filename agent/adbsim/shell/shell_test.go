package shell_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/memfs"
	"github.com/farbench/farbench/agent/adbsim/shell"
	"github.com/farbench/farbench/agent/adbsim/toolbox"
)

func newMachine(t testing.TB) *machine.Machine {
	t.Helper()
	m := &machine.Machine{
		FS:    memfs.New(8<<20, time.Now),
		Props: machine.NewProps(map[string]string{"ro.product.model": "Farbench HU", "ro.product.device": "farbench_hu"}),
		Now:   time.Now,
		Random: func(p []byte) {
			for i := range p {
				p[i] = byte(i * 7)
			}
		},
	}
	toolbox.Install(m)
	t.Cleanup(m.Halt)
	return m
}

type result struct {
	out, err string
	exit     int
}

// run runs a command to its end, with stdin as its input.
func run(t testing.TB, m *machine.Machine, stdin, command string) result {
	t.Helper()
	var files machine.Files
	in, feed := machine.NewPipe()
	out, outW := machine.NewPipe()
	errs, errW := machine.NewPipe()
	files[0], files[1], files[2] = in, outW, errW
	p, err := m.Start("sh", files, []string{"PATH=/system/bin", "HOME=/"}, "/", func(p *machine.Proc) int {
		return shell.Main(p, []string{"sh", "-c", command})
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var r result
	var reading sync.WaitGroup
	for _, one := range []struct {
		from *machine.Shared
		to   *string
	}{{out, &r.out}, {errs, &r.err}} {
		reading.Go(func() {
			defer one.from.Close()
			data, _ := io.ReadAll(reader{ctx, one.from})
			*one.to = string(data)
		})
	}
	_, _ = feed.Write(ctx, []byte(stdin))
	_ = feed.Close()
	reading.Wait()
	select {
	case <-p.Done():
	case <-ctx.Done():
		t.Fatalf("%q did not end", command)
	}
	r.exit = p.Status()
	return r
}

type reader struct {
	ctx context.Context
	f   *machine.Shared
}

func (r reader) Read(b []byte) (int, error) { return r.f.Read(r.ctx, b) }

func TestScripts(t *testing.T) {
	for _, c := range []struct {
		name, script, out string
		exit              int
	}{
		{"exit code", "exit 7", "", 7},
		{"unknown command", "nosuch 2>/dev/null", "", 127},
		{"a file that is no program", "/proc/version 2>/dev/null", "", 126},
		{"and, or, not", "true && echo a; false || echo b; ! false && echo c", "a\nb\nc\n", 0},
		{"quotes", `echo 'a  b' "c  $((1+1))" d\ e`, "a  b c  2 d e\n", 0},
		{"echo reads escapes as mksh's does", `echo 'a\tb'; echo -E 'a\tb'; echo -n x`, "a\tb\na\\tb\nx", 0},
		{"printf", `printf '%s|%5d|%-4s|%05.1f|%x|%%\n' a 42 b 3.14159 255`, "a|   42|b   |003.1|ff|%\n", 0},
		{"printf repeats its format", `printf '%s,' a b c`, "a,b,c,", 0},
		{"variables", "x=1; y=${x}2; echo $y ${z:-none} ${#y} ${y%2} ${y/1/9}", "12 none 2 1 92\n", 0},
		{"positional parameters", `set -- a "b c"; echo $# "$2"; for i in "$@"; do echo "<$i>"; done; shift; echo $1`, "2 b c\n<a>\n<b c>\nb c\n", 0},
		{"arithmetic", "i=3; echo $((i*2+1)) $((i>2)); ((i++)); echo $i; let i=i+1; echo $i", "7 1\n4\n5\n", 0},
		{"while and until", "i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i", "1\n2\n3\n0\n", 0},
		{"break and continue", "for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done", "1\n3\n", 0},
		{"break out of two", "for i in 1 2; do for j in 1 2; do echo $i$j; break 2; done; done", "11\n", 0},
		{"case", `for w in abc x.log 7; do case $w in a*) echo A;; *.log) echo L;; [0-9]) echo N;; esac; done`, "A\nL\nN\n", 0},
		{"functions", "f() { local x=in; echo $x $1; return 3; }; x=out; f arg; echo $? $x", "in arg\n3 out\n", 0},
		{"subshell leaves the shell alone", "x=1; (x=2; cd /data; exit 4); echo $? $x; pwd", "4 1\n/\n", 0},
		{"command substitution", "x=$(echo a; exit 3); echo $x $?; echo `echo b`", "a 3\nb\n", 0},
		{"pipe", "printf 'b\na\nc\n' | sort -r | head -n 2 | tr a-z A-Z", "C\nB\n", 0},
		{"a pipe's status is its last part's", "false | true; echo $?; true | false; echo $?; set -o pipefail; false | true; echo $?", "0\n1\n1\n", 0},
		{"redirections", "cd /data/local/tmp; echo a >f; echo b >>f; cat <f; (echo c; echo d >&2) >g 2>&1; cat g; nosuch 2>e; wc -l <e", "a\nb\nc\nd\n1\n", 0},
		{"stderr into a pipe", "(echo a >&2) 2>&1 | sed 's/a/b/'", "b\n", 0},
		{"here-document", "x=1; cat <<A\nv=$x\nA\ncat <<'B'\nv=$x\nB\ncat <<-C\n\ttab\n\tC\n", "v=1\nv=$x\ntab\n", 0},
		{"here-string", "cat <<<word", "word\n", 0},
		{"globs", "cd /data/local/tmp; touch a1 a2 b1; echo a* [ab]1 z*", "a1 a2 a1 b1 z*\n", 0},
		{"brackets", "cd /data/local/tmp; touch f; [ -f f ] && [ ! -d f ] && [ -d . ] && [ -z '' -a -n x ] && [ 3 -gt 2 ] && echo ok", "ok\n", 0},
		{"double brackets", "[[ abc == a* && 5 -gt 3 && ! x = y ]] && echo ok", "ok\n", 0},
		{"background and wait", "sleep 0.01 & wait $!; echo $?; (exit 5) & wait $!; echo $?", "0\n5\n", 0},
		{"wait for all", "for i in 1 2 3; do (sleep 0.01; echo x) & done; wait; echo done", "x\nx\nx\ndone\n", 0},
		{"kill a job", "sleep 600 & kill $!; wait $!; echo $?", "143\n", 0},
		{"kill -9", "sleep 600 & kill -9 $!; wait $!; echo $?; kill -0 $! 2>/dev/null || echo gone", "137\ngone\n", 0},
		{"the shell's own id", "[ $$ = $(echo $$) ] && [ $$ != $(sh -c 'echo $$') ] && sh -c 'echo $PPID'; echo $$", "4000\n4000\n", 0},
		{"killed by itself", "kill -TERM $$; echo no", "", 143},
		{"exec keeps the id", "echo $$; exec sh -c 'echo $$'", "4000\n4000\n", 0},
		{"exec of an unknown command", "exec nosuch 2>/dev/null; echo no", "", 127},
		{"exec redirects", "exec >/data/local/tmp/log; echo a; exec >&2; cat /data/local/tmp/log", "", 0},
		{"trap on exit", "trap 'echo bye' EXIT; echo hi; exit 3", "hi\nbye\n", 3},
		{"trap a signal", "trap 'echo got; exit 9' TERM; kill -TERM $$; echo no", "got\n", 9},
		{"trap and go on", "trap 'echo got' USR1; kill -USR1 $$; echo on", "got\non\n", 0},
		{"ignore a signal", "trap '' TERM; kill -TERM $$; sh -c 'kill -TERM $$; echo child'; echo on", "child\non\n", 0},
		{"a signal ends wait", "trap 'echo got' TERM; (sleep 0.05; kill -TERM $$) & wait; echo on", "got\non\n", 0},
		{"set -e", "set -e; false || echo a; if false; then :; fi; echo b; false; echo no", "a\nb\n", 1},
		{"set -u", "set -u; echo ${nosuch} 2>/dev/null; echo no", "", 1},
		{"read", "printf 'a b c\nd\n' | (read x y; read z; echo \"$x|$y|$z\"; read w || echo end)", "a|b c|d\nend\n", 0},
		{"read a loop of lines", "seq 3 | while read -r n; do echo \"<$n>\"; done", "<1>\n<2>\n<3>\n", 0},
		{"getopts", "while getopts ab:c o -a -b val -c; do echo $o $OPTARG; done", "a\nb val\nc\n", 0},
		{"eval", `x='echo $y'; y=3; eval $x`, "3\n", 0},
		{"source", "cd /data/local/tmp; echo 'x=5; return 2; x=6' >s; . ./s; echo $? $x", "2 5\n", 0},
		{"a script file", "cd /data/local/tmp; printf 'echo $0 $1\nexit 4' >s; sh s arg; echo $?; chmod +x s; ./s b; echo $?", "s arg\n4\n/data/local/tmp/s b\n4\n", 0},
		{"sh -c with arguments", `sh -c 'echo $0 $1' name arg`, "name arg\n", 0},
		{"arrays", "x=(1 2 3); x[1]=b; echo ${x[1]} ${#x[@]} ${x[*]}", "b 3 1 b 3\n", 0},
		{"environment", "export A=1; B=2; env | grep -c '^[AB]='; C=3 sh -c 'echo $A$B$C'", "1\n13\n", 0},
		{"a writer whose reader left ends", "yes | head -n 1; seq 1 100000000 | head -n 1", "y\n1\n", 0},
		{"a loop whose reader left ends", "while true; do echo a; done | head -n 2", "a\na\n", 0},
		{"timeout", "timeout 0.05 sleep 600; echo $?", "124\n", 0},
		{"xargs", "printf '1 2\n3' | xargs -n 2 echo", "1 2\n3\n", 0},
		{"head and tail", "seq 9 | tail -n 3 | head -n 2; seq 5 | tail -n +4; printf abc | tail -c 2; printf 'a\nb' | tail -n 1", "7\n8\n4\n5\nbcb", 0},
		{"wc", "printf 'a b\nc\n' | wc; printf abc | wc -c", "2 3 6\n3\n", 0},
		{"sort", "printf '10\n9\n9\n' | sort -n -u; printf 'b 1\na 2\n' | sort -k 2", "9\n10\nb 1\na 2\n", 0},
		{"grep", "printf 'ab\ncd\nAB\n' | grep -n -i a; echo $?; echo x | grep y; echo $?; printf 'a+b\n' | grep 'a+b'; echo abc | grep -oE 'b|c'", "1:ab\n3:AB\n0\n1\na+b\nb\nc\n", 0},
		{"sed", `echo a/b/a | sed 's/a/x/g; s/\(.\)$/<\1>/'; seq 5 | sed -n 2p`, "x/b/<x>\n2\n", 0},
		{"cut and tr", "echo a:b:c | cut -d: -f2-; echo abcd | cut -c 2,4; echo a1b2 | tr -d 0-9; echo aabb | tr -s ab", "b:c\nbd\nab\nab\n", 0},
		{"seq", "seq 3 -1 1; seq -s , 3; seq -f 'n%gx' 2; seq 0 0.5 1", "3\n2\n1\n1,2,3\nn1x\nn2x\n0\n0.5\n1\n", 0},
		{"dd", "dd if=/dev/zero bs=1k count=3 2>/dev/null | wc -c", "3072\n", 0},
		{"sums", "printf abc | sha256sum; printf abc | md5sum", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -\n900150983cd24fb0d6963f7d28e17f72  -\n", 0},
		{"properties", "setprop a.b c; getprop a.b; getprop | grep '^.a\\.b'; getprop nosuch; getprop nosuch d", "c\n[a.b]: [c]\n\nd\n", 0},
		{"date", "date -d @0 '+%Y-%m-%d %H:%M:%S'", "1970-01-01 00:00:00\n", 0},
		{"files", "cd /data/local/tmp; mkdir -p d/e; echo x >d/e/f; mv d/e/f d/g; cp d/g h; ls d; find . -type f; rm -r d; ls", "e\ng\n./d/g\n./h\nh\n", 0},
		{"a read-only system", "{ echo x >/system/x; } 2>/data/local/tmp/e; echo $?; grep -o 'Read-only file system' /data/local/tmp/e; mkdir /data/x 2>/dev/null || echo no", "1\nRead-only file system\nno\n", 0},
		{"floodlines", "floodlines 2 20; floodlines 100000 | tail -n 1 | cut -c 1-10", "0000000001 the quic\n0000000002 the quic\n0000100000\n", 0},
		{"floodlines has every line", "floodlines 12345 50 | cut -c 1-10 | sort -u | wc -l", "12345\n", 0},
		{"devices", "echo x >/dev/null; head -c 4 /dev/zero | wc -c; echo y >/dev/stdout", "4\ny\n", 0},
		{"type", "type cd ls nosuch; command -v ls; which grep", "cd is a shell builtin\nls is /system/bin/ls\nnosuch not found\n/system/bin/ls\n/system/bin/grep\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, newMachine(t), "", c.script)
			if r.out != c.out || r.exit != c.exit {
				t.Errorf("%s\n got %q, exit %d, stderr %q\nwant %q, exit %d", c.script, r.out, r.exit, r.err, c.out, c.exit)
			}
		})
	}
}

func TestInputReachesTheCommand(t *testing.T) {
	m := newMachine(t)
	script := strings.Repeat("echo 0123456789012345678901234567890123456789\n", 6000) + "exit 3\n"
	if r := run(t, m, script, "cat >/data/local/tmp/script && sh /data/local/tmp/script"); r.exit != 3 || strings.Count(r.out, "\n") != 6000 {
		t.Errorf("exit %d, %d lines, %q", r.exit, strings.Count(r.out, "\n"), r.err)
	}
}

// TestNothingOfTheHostIsReached tries each way in that a shell has.
func TestNothingOfTheHostIsReached(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.sh")
	if err := os.WriteFile(secret, []byte("echo HOST\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FARBENCH_TEST_SECRET", "HOST")
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{
		"cat " + secret, secret, ". " + secret, "source " + secret, "sh " + secret, "cd " + dir + " && echo HOST", "echo " + dir + "/*.sh | grep -v '*'",
		"[ -e " + secret + " ] && echo HOST", "[[ -f " + secret + " ]] && echo HOST", "test -d " + dir + " && echo HOST",
		"cat <" + secret, "echo x >" + dir + "/made", "PATH=" + dir + ":/usr/bin:/bin secret.sh", "PATH=/usr/bin:/bin; go version; perl -e 1 && echo HOST",
		"/usr/bin/env", "/bin/bash -c 'echo HOST'", "exec " + secret, "ls " + dir, "find " + dir, "ln -s " + dir + " /data/local/tmp/l; ls /data/local/tmp/l/",
		"cat /etc/passwd", "echo ~nobody | grep /nonexistent && echo HOST", "env; echo $FARBENCH_TEST_SECRET", "cat <(echo HOST)", "echo $(<" + secret + ")",
		"cd ../../../../..; cat ." + secret, "cat " + wd + "/shell.go", "command -v bash", "type perl", "cat /proc/self/environ", "cp " + secret + " /data/local/tmp/c",
		"dd if=" + secret, "kill -9 1", "kill -9 -1", "echo x | tee " + dir + "/made", "mkdir " + dir + "/made", "rm -rf " + dir, "nohup " + secret, "timeout 5 " + secret, "echo " + secret + " | xargs sh",
	} {
		m := newMachine(t)
		if r := run(t, m, "", script); strings.Contains(r.out, "HOST") || strings.Contains(r.out, "secret") {
			t.Errorf("%s reached the host: %q", script, r.out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "made")); err == nil {
		t.Error("a file was made on the host")
	}
	if _, err := os.Stat(secret); err != nil {
		t.Error("a file of the host was removed")
	}
}

// TestBounds: what would use up the host's memory is a script's error.
func TestBounds(t *testing.T) {
	for name, c := range map[string]struct{ script, out string }{
		"endless recursion":   {"f() { f; }; f 2>/dev/null; echo no", ""},
		"recursion by eval":   {"x='eval \"$x\"'; eval \"$x\" 2>/dev/null; echo no", ""},
		"fork bomb":           {"b() { b | b & }; b 2>/dev/null; echo on", "on\n"},
		"doubling variable":   {"x=aaaaaaaa; i=0; while [ $i -lt 40 ]; do x=$x$x || break; i=$((i+1)); done 2>/dev/null; [ ${#x} -lt 20000000 ] && echo ok", "ok\n"},
		"endless output":      {"x=$(yes) 2>/dev/null; echo no", ""},
		"brace sequence":      {"echo {1..1000000000} 2>/dev/null", ""},
		"full disk":           {"cat /dev/zero >/data/local/tmp/f 2>/dev/null; rm /data/local/tmp/f; echo x >/data/local/tmp/g && cat /data/local/tmp/g", "x\n"},
		"removed but open":    {"exec 3>/data/local/tmp/f; rm /data/local/tmp/f; cat /dev/zero >&3; exec 3>&-; echo x >/data/local/tmp/g && cat /data/local/tmp/g", "x\n"},
		"wide printf":         {"printf %999999999d 1 2>/dev/null | wc -c", "0\n"},
		"files without bytes": {"i=0; while touch /data/local/tmp/$i 2>/dev/null; do i=$((i+1)); done; [ $i -lt 20000 ] && echo ok", "ok\n"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			if r := run(t, m, "", c.script); r.out != c.out {
				t.Errorf("got %q, stderr %.200q", r.out, r.err)
			}
		})
	}
}

func FuzzShell(f *testing.F) {
	for _, seed := range []string{"echo $((1+2)) | cat", "x=(a b); echo ${x[@]}", "cat <<E\nx\nE", "f() { :; }; f & wait", "trap '' HUP; [ -f x ] && [[ a == b ]]", "printf %s a >f 2>&1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, script string) {
		if len(script) > 200 {
			return
		}
		m := newMachine(t)
		m.Panicked = func(_ string, fault any, stack []byte) { t.Errorf("%q: %v\n%s", script, fault, stack) }
		var files machine.Files
		p, err := m.Start("sh", files, []string{"PATH=/system/bin"}, "/", func(p *machine.Proc) int {
			return shell.Main(p, []string{"sh", "-c", script})
		})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-p.Done():
		case <-time.After(200 * time.Millisecond): // sleeps and loops are fine as long as they can be killed
		}
		m.Halt()
	})
}
