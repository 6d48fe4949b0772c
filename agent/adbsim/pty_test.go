package adbsim

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"testing"
)

// typist sits at a terminal of the first device.
type typist struct {
	client
	packets packetReader
	seen    strings.Builder
	mark    int // what until has seen
}

// sitDown opens a shell in a terminal of 40 by 132; without a command it is an
// interactive one.
func sitDown(t *testing.T, addr, serial, command string) *typist {
	t.Helper()
	c := openOn(t, addr, serial, "shell,v2,TERM=xterm,pty:"+command)
	c.packet(packetWindowSize, "40x132,0x0\x00")
	k := &typist{client: c, packets: packetReader{r: c}}
	if command == "" {
		k.until("$ ")
	}
	return k
}

// until reads until the screen ends with this, shown since the last time.
func (k *typist) until(end string) {
	k.t.Helper()
	for !strings.HasSuffix(k.seen.String()[k.mark:], end) {
		id, n, err := k.packets.next()
		if err != nil || id != packetStdout {
			k.t.Fatalf("packet %d, %v after %q, want %q", id, err, k.seen.String()[k.mark:], end)
		}
		if _, err := io.CopyN(&k.seen, k, int64(n)); err != nil {
			k.t.Fatal(err)
		}
	}
	k.mark = k.seen.Len()
}

func (k *typist) types(keys string) { k.packet(packetStdin, keys) }

// after types and waits until the screen ends with this, and nothing else has
// been shown since.
func (k *typist) after(keys, shown string) {
	k.t.Helper()
	before := k.mark
	k.types(keys)
	k.until(shown)
	if got := k.seen.String()[before:]; got != shown {
		k.t.Errorf("after %q: %q, want %q", keys, got, shown)
	}
}

const prompt = "farbench_hu:/ $ "

func TestPTY_lineEditing(t *testing.T) {
	b, addr := startBench(t, Config{})
	k := sitDown(t, addr, b.Devices()[0].Serial(), "")
	const rubout = "\b \b"
	k.after("echo ax\x7fb\r", "echo ax"+rubout+"b\r\nab\r\n"+prompt)
	k.after("rm -rf /\x15echo safe\n", "rm -rf /"+strings.Repeat(rubout, 8)+"echo safe\r\nsafe\r\n"+prompt)
	k.after("echo one two  \x17three\r", "echo one two  "+strings.Repeat(rubout, 5)+"three\r\none three\r\n"+prompt)
	k.after("echo \u00fc\x7fu\r", "echo \u00fc"+rubout+"u\r\nu\r\n"+prompt)
	k.after("echo \x01\x7f1\r", "echo ^A"+rubout+rubout+"1\r\n1\r\n"+prompt)
	k.after("cat\r", "cat\r\n")
	k.after("line\r", "line\r\nline\r\n")
	k.after("half\x04", "halfhalf") // ^D gives what is there
	k.after("\x04", prompt)         // and of nothing the end
	k.after("(exit 7)\r", "(exit 7)\r\n7|"+prompt)
	k.after("if true\r", "if true\r\n> ")
	k.after("then echo yes; fi\r", "then echo yes; fi\r\nyes\r\n"+prompt)
	k.types("\x04")
	if r := k.collect(); r.exit != 0 {
		t.Errorf("^D ends the shell with %+v", r)
	}
}

func TestPTY_interruptGoesToTheForegroundGroup(t *testing.T) {
	b, addr := startBench(t, Config{})
	d := b.Devices()[0]
	k := sitDown(t, addr, d.Serial(), "")
	k.after("half a line\x03", "half a line^C\r\n130|"+prompt)
	k.types("sleep 601 &\r")
	k.until(fmt.Sprintf("[1] %d\r\n%s", k.job(d, "sleep 601"), prompt))
	for _, command := range []string{"sleep 602", "sleep 602 | cat", "(sleep 602; echo no)", "while :; do sleep 602; echo no; done", "x=$(sleep 602); echo no"} {
		k.types(command + "\r")
		k.job(d, "sleep 602")
		k.types("\x03")
		k.until("^C\r\n130|" + prompt)
		eventually(t, command+" to end", func() bool { return d.running("sleep 602") == 0 })
	}
	k.after("while :; do :; done\r", "while :; do :; done\r\n")
	k.after("\x03", "^C\r\n130|"+prompt)
	if d.running("sleep 601") == 0 {
		t.Error("^C ended a job in the background")
	}
	if strings.Contains(k.seen.String(), "\nno\r") {
		t.Errorf("%q", k.seen.String())
	}
	// The hangup of one who leaves reaches what stands in the foreground.
	k.types("sleep 603\r")
	k.job(d, "sleep 603")
	_ = k.Close()
	eventually(t, "the foreground to end", func() bool { return d.running("sleep 603") == 0 })
}

// running gives the process id of a command, 0 for none.
func (d *Device) running(command string) int {
	for _, p := range d.machine.Processes() {
		if p.Name() == command {
			return p.PID
		}
	}
	return 0
}

// job waits until a command runs.
func (k *typist) job(d *Device, command string) (pid int) {
	k.t.Helper()
	eventually(k.t, command, func() bool { pid = d.running(command); return pid != 0 })
	return pid
}

func TestPTY_window(t *testing.T) {
	b, addr := startBench(t, Config{})
	serial := b.Devices()[0].Serial()
	k := sitDown(t, addr, serial, "")
	k.after("\r", "\r\n"+prompt) // its first prompt may be older than the window's size
	k.after("stty size; echo $LINES $COLUMNS\r", "stty size; echo $LINES $COLUMNS\r\n40 132\r\n40 132\r\n"+prompt)
	k.packet(packetWindowSize, "50x200,0x0\x00")
	k.after("\r", "\r\n"+prompt)
	k.after("stty size; echo $LINES $COLUMNS\r", "stty size; echo $LINES $COLUMNS\r\n50 200\r\n50 200\r\n"+prompt)
	k.after("sh -c 'trap \"stty size; exit\" WINCH; echo set; while :; do sleep 0.01; done'\r",
		"sh -c 'trap \"stty size; exit\" WINCH; echo set; while :; do sleep 0.01; done'\r\nset\r\n")
	k.packet(packetWindowSize, "x") // none at all
	k.packet(packetWindowSize, "24x80,640x480\x00")
	k.until("24 80\r\n" + prompt)
}

func TestPTY_modes(t *testing.T) {
	b, addr := startBench(t, Config{})
	serial := b.Devices()[0].Serial()
	k := sitDown(t, addr, serial, "")
	k.after("stty -echo\r", "stty -echo\r\n"+prompt)
	k.after("echo secret\r", "secret\r\n"+prompt)
	k.after("stty echo\r", prompt)
	k.after("stty -a | tail -n 1\r", "stty -a | tail -n 1\r\nicrnl onlcr isig icanon echo \r\n"+prompt)
	k = sitDown(t, addr, serial, "stty raw; echo ready; head -c 3; echo .")
	k.until("ready\n")
	k.after("a\x03\r", "a\x03\r.\n")
	k = sitDown(t, addr, serial, "tty; stty size </dev/null; echo $TERM; echo err >&2")
	if r := k.collect(); r.out != "/dev/pts/0\r\nstty: standard input: Not a typewriter\r\nxterm\r\nerr\r\n" || r.err != "" || r.exit != 0 {
		t.Errorf("%+v", r)
	}
}

// Without shell_v2 a command has a terminal that carries bytes as they are.
func TestLegacyShell(t *testing.T) {
	b, addr := startBench(t, Config{})
	d := b.Devices()[0]
	for service, want := range map[string]string{
		"shell:[ -t 0 ] && printf 'a\\nb\\003\\004'; echo c >&2": "a\nb\x03\x04c\n",
		"exec:stty size; printf '\\r\\n\\377'":                   "0 0\n\r\n\xff",
	} {
		c := openOn(t, addr, d.Serial(), service)
		if got, err := io.ReadAll(c); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", service, got, err)
		}
	}
	c := openOn(t, addr, d.Serial(), "exec:head -c 1000000 | sha256sum")
	sent := strings.Repeat("\x03\x04\x15\r\n\x00abc", 111_112)[:1_000_000]
	if _, err := io.WriteString(c, sent); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); err != nil || string(got) != fmt.Sprintf("%x  -\n", sha256.Sum256([]byte(sent))) {
		t.Errorf("a million bytes sent: %q, %v", got, err)
	}
	c = openOn(t, addr, d.Serial(), "shell:")
	if _, err := io.WriteString(c, "echo $((6*7))\rexit\r"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); err != nil || !strings.Contains(string(got), "42\r\n") || !strings.Contains(string(got), prompt) {
		t.Errorf("an interactive one: %q, %v", got, err)
	}
	d.SetFeatures("cmd")
	for _, service := range []string{"shell,v2,raw:true", "shell,v2,pty:"} {
		c := dial(t, addr)
		c.send("host:transport:" + d.Serial())
		if err := c.status(); err != nil {
			t.Fatal(err)
		}
		c.send(service)
		if err := c.status(); err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("%s on a device without it: %v", service, err)
		}
	}
}

func FuzzWindowSize(f *testing.F) {
	for _, seed := range []string{"40x132,0x0\x00", "0x0", "x,x", "-1x5", "99999999999999999999x1", "40x132"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if rows, cols, ok := parseWindowSize(text); ok && (rows < 0 || rows > 65535 || cols < 0 || cols > 65535) {
			t.Errorf("%q is %d by %d", text, rows, cols)
		}
	})
}
