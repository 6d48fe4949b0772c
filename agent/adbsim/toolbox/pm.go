package toolbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/packages"
)

// firmware is what a device comes with.
var firmware = []packages.Package{
	{Name: "android", Version: 34, VersionName: "14", UID: 1000, System: true, Dir: "/system/framework/framework-res"},
	{Name: "com.android.bluetooth", Version: 34, VersionName: "14", UID: 1002, System: true, Dir: "/system/app/Bluetooth"},
	{Name: "com.android.car", Version: 34, VersionName: "14", UID: 1000, System: true, Dir: "/system/priv-app/CarService"},
	{Name: "com.android.car.carlauncher", Version: 34, VersionName: "14", System: true, Dir: "/system/priv-app/CarLauncher"},
	{Name: "com.android.systemui", Version: 34, VersionName: "14", System: true, Dir: "/system_ext/priv-app/CarSystemUI"},
	{Name: "com.android.car.media", Version: 34, VersionName: "14", System: true, Dir: "/system/priv-app/CarMediaApp"},
	{Name: "com.android.car.settings", Version: 34, VersionName: "14", System: true, Dir: "/system/priv-app/CarSettings"},
	{Name: "com.farbench.cluster", Version: 30102, VersionName: "3.1.2", Dir: "/data/app/com.farbench.cluster-1"},
	{Name: "com.farbench.dcm", Version: 2402010, VersionName: "24.2.1-rc3", Dir: "/data/app/com.farbench.dcm-1"},
	{Name: "com.farbench.navigation", Version: 50300, VersionName: "5.3.0", Dir: "/data/app/com.farbench.navigation-1"},
	{Name: "com.farbench.radio", Version: 20811, VersionName: "2.8.11", Dir: "/data/app/com.farbench.radio-1"},
	{Name: "com.farbench.telematics", Version: 70400, VersionName: "7.4.0", Dir: "/data/app/com.farbench.telematics-1"},
	{Name: "com.farbench.video", Version: 10905, VersionName: "1.9.5", Dir: "/data/app/com.farbench.video-1"},
}

// pm is the package manager's command; `cmd package` and abb end here too.
func pm(p *machine.Proc, args []string) int {
	if p.Machine.Props.Get("init.svc.bootanim") == "running" { // it is not up before Android is
		p.Errorf("cmd: Can't find service: package\n")
		return 20
	}
	if len(args) < 2 {
		p.Errorf("Package manager (package) commands: install, uninstall, list, path\n")
		return 1
	}
	run := map[string]func(*pmCall) error{
		"install": (*pmCall).install, "install-streaming": (*pmCall).install,
		"install-create": (*pmCall).create, "install-write": (*pmCall).write,
		"install-commit": (*pmCall).commit, "install-abandon": (*pmCall).abandon,
		"uninstall": (*pmCall).uninstall, "list": (*pmCall).list, "path": (*pmCall).path, "dump": (*pmCall).dump,
	}[args[1]]
	if run == nil {
		p.Errorf("Unknown command: %s\n", strings.Join(args[1:], " "))
		return 255
	}
	c := &pmCall{Proc: p, m: p.Machine.Packages}
	err := c.options(args[2:])
	if err == nil {
		err = run(c)
	}
	if refused, ok := errors.AsType[packages.Failure](err); ok {
		p.Printf("Failure [%s]\n", string(refused))
		return 1
	}
	if err != nil {
		if !errors.Is(err, errQuiet) {
			p.Errorf("Error: %v\n", err)
		}
		return 1
	}
	return 0
}

// errQuiet is what only the exit code tells.
var errQuiet = errors.New("")

// pmCall is one call, its options read.
type pmCall struct {
	*machine.Proc
	m      *packages.Manager
	params packages.Params
	user   string // as it was named
	size   int64  // -S; -1 where it was not said
	set    map[string]bool
	rest   []string
}

// options reads what begins with a dash; what does not is kept in order.
func (c *pmCall) options(args []string) error {
	c.size, c.set = -1, map[string]bool{}
	for i := 0; i < len(args); i++ {
		value := func() string {
			if i++; i < len(args) {
				return args[i]
			}
			return ""
		}
		switch arg := args[i]; arg {
		case "-S":
			n, err := strconv.ParseInt(value(), 10, 64)
			if err != nil || n < 0 {
				return fmt.Errorf("invalid size: %q", args[min(i, len(args)-1)])
			}
			c.size = n
		case "--user":
			c.user = value()
		case "-p":
			c.params.Inherit = value()
		case "-i", "--originating-uri", "--referrer", "--install-location", "--install-reason", "--abi", "--pkg", "--versionCode":
			value()
		case "-R":
			c.params.Refuse = true
		case "-d":
			c.params.Downgrade = true
		case "-t":
			c.params.Test = true
		case "-":
			c.rest = append(c.rest, arg)
		default:
			if strings.HasPrefix(arg, "-") {
				c.set[arg] = true
			} else {
				c.rest = append(c.rest, arg)
			}
		}
	}
	return nil
}

// who resolves the user that was named.
func (c *pmCall) who(fallback string) (int, []int, error) {
	if c.user == "" {
		c.user = fallback
	}
	user, all, ok := c.m.Who(c.user)
	if !ok {
		return 0, nil, fmt.Errorf("user %s does not exist", c.user)
	}
	return user, all, nil
}

func (c *pmCall) begin() (int, error) {
	var err error
	if c.params.User, c.params.Users, err = c.who("all"); err != nil {
		return 0, err
	}
	c.params.Size = max(c.size, 0)
	return c.m.Create(c.params)
}

// install is one APK, from stdin or from a file of the device.
func (c *pmCall) install() error {
	from, size := c.Stdin(), c.size
	switch {
	case len(c.rest) > 0 && c.rest[0] != "-":
		f, err := c.Machine.FS.Open(c.Abs(c.rest[0]), os.O_RDONLY)
		if err != nil {
			return fmt.Errorf("unable to open file: %s\nConsider using a file under /data/local/tmp/", c.rest[0])
		}
		defer f.Close()
		from, size = f, f.Size()
	case size < 0:
		return errors.New("must either specify a package size or an APK file")
	}
	c.size = size
	id, err := c.begin()
	if err != nil {
		return err
	}
	if _, err := c.m.Write(id, "base.apk", size, from); err != nil {
		_ = c.m.Abandon(id)
		return err
	}
	return c.finish(id)
}

func (c *pmCall) finish(id int) error {
	if err := c.m.Commit(id); err != nil {
		return err
	}
	c.log("installed by session " + strconv.Itoa(id))
	c.Printf("Success\n")
	return nil
}

func (c *pmCall) log(message string) {
	c.Machine.Log.Write(logd.Entry{Buffer: logd.Main, Priority: 'I', PID: 1104, TID: 1371, UID: 1000, Tag: "PackageManager", Message: message})
}

func (c *pmCall) create() error {
	id, err := c.begin()
	if err == nil {
		c.Printf("Success: created install session [%d]\n", id)
	}
	return err
}

func (c *pmCall) session() (int, error) {
	if len(c.rest) == 0 {
		return 0, errors.New("no session given")
	}
	return strconv.Atoi(c.rest[0])
}

// write is install-write [-S SIZE] SESSION NAME [PATH|-].
func (c *pmCall) write() error {
	id, err := c.session()
	if err != nil {
		return err
	}
	if len(c.rest) < 2 {
		return errors.New("no split name given")
	}
	var from io.Reader = c.Stdin()
	if len(c.rest) > 2 && c.rest[2] != "-" {
		f, err := c.Machine.FS.Open(c.Abs(c.rest[2]), os.O_RDONLY)
		if err != nil {
			return fmt.Errorf("unable to open file: %s", c.rest[2])
		}
		defer f.Close()
		from = f
		if c.size < 0 {
			c.size = f.Size()
		}
	}
	n, err := c.m.Write(id, c.rest[1], c.size, from)
	if err == nil {
		c.Printf("Success: streamed %d bytes\n", n)
	}
	return err
}

func (c *pmCall) commit() error {
	id, err := c.session()
	if err != nil {
		return err
	}
	return c.finish(id)
}

func (c *pmCall) abandon() error {
	id, err := c.session()
	if err == nil {
		err = c.m.Abandon(id)
	}
	if err == nil {
		c.Printf("Success\n")
	}
	return err
}

func (c *pmCall) uninstall() error {
	user, all, err := c.who("all")
	if err != nil {
		return err
	}
	if len(c.rest) == 0 {
		return errors.New("package name not specified")
	}
	if err := c.m.Uninstall(c.rest[0], user, all); err != nil {
		return err
	}
	c.log("uninstalled " + c.rest[0])
	c.Printf("Success\n")
	return nil
}

// list is list packages [-f] [-3|-s] [-U] [--show-versioncode] [FILTER].
func (c *pmCall) list() error {
	if len(c.rest) == 0 || c.rest[0] != "packages" && c.rest[0] != "package" {
		return fmt.Errorf("unknown list type %q", strings.Join(c.rest, " "))
	}
	user, _, err := c.who("0")
	if err != nil {
		return err
	}
	out := output(c.Proc)
	for _, p := range c.m.List(user) {
		if c.set["-3"] && p.System || c.set["-s"] && !p.System || len(c.rest) > 1 && !strings.Contains(p.Name, c.rest[1]) {
			continue
		}
		_, _ = out.WriteString("package:")
		if c.set["-f"] {
			_, _ = out.WriteString(p.Paths()[0] + "=")
		}
		_, _ = out.WriteString(p.Name)
		if c.set["--show-versioncode"] {
			_, _ = fmt.Fprintf(out, " versionCode:%d", p.Version)
		}
		if c.set["-U"] {
			_, _ = fmt.Fprintf(out, " uid:%d", max(user, 0)*100_000+p.UID)
		}
		_, _ = out.WriteString("\n")
	}
	return out.Flush()
}

func (c *pmCall) path() error {
	user, _, err := c.who("0")
	if err != nil {
		return err
	}
	if len(c.rest) == 0 {
		return errors.New("no package specified")
	}
	p, ok := c.m.Find(c.rest[0], user)
	if !ok {
		return errQuiet
	}
	for _, path := range p.Paths() {
		c.Printf("package:%s\n", path)
	}
	return nil
}

// dump is what dumpsys package says of one package, or of all.
func (c *pmCall) dump() error {
	out := output(c.Proc)
	_, _ = out.WriteString("Packages:\n")
	for _, p := range c.m.List(packages.AllUsers) {
		if len(c.rest) == 0 || c.rest[0] == p.Name {
			_, _ = fmt.Fprintf(out, "  Package [%s]:\n    appId=%d\n    codePath=%s\n    versionCode=%d minSdk=29 targetSdk=34\n    versionName=%s\n",
				p.Name, p.UID, p.Dir, p.Version, p.VersionName)
		}
	}
	return out.Flush()
}
