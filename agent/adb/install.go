package adb

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// APK is one file of an app: its base, or a split.
type APK struct {
	Name    string // for progress and for people
	Size    int64
	Content io.Reader // exactly Size bytes; it should end when the context does
}

// InstallOptions say how an app is installed.
type InstallOptions struct {
	Replace   bool   // what is installed may be replaced: -r, which newer devices take for granted
	Downgrade bool   // also by an older version: -d
	Grant     bool   // all permissions that it asks for: -g
	Test      bool   // although it is a test build: -t
	User      string // as in UninstallOptions
	// Progress, unless nil, hears how much of it has been sent: as in Transfer.
	Progress func(Progress)
}

func (o InstallOptions) flags() []string {
	var flags []string
	for _, f := range []struct {
		set  bool
		flag string
	}{{o.Replace, "-r"}, {o.Downgrade, "-d"}, {o.Grant, "-g"}, {o.Test, "-t"}} {
		if f.set {
			flags = append(flags, f.flag)
		}
	}
	if o.User != "" {
		flags = append(flags, "--user", o.User)
	}
	return flags
}

const maxAPKs = 256

// Install installs an app from its APK, or from its base and splits, whose
// contents are read one after another. They are streamed into the device's
// package manager; one that is too old for that gets them as files, which are
// taken away again. An app is installed whole or not at all. What the device
// refuses is an *Error whose message holds the device's own code.
func (c *Client) Install(ctx context.Context, transportID int64, apks []APK, o InstallOptions) error {
	const op = "installing"
	if len(apks) == 0 || len(apks) > maxAPKs {
		return invalid(op, "Give the app's APKs", "%d APKs", len(apks))
	}
	if o.User != "" && !isUser(o.User) {
		return invalid(op, "Give a number, current or all", "%q is no user", o.User)
	}
	features, err := c.Features(ctx, transportID)
	if err != nil {
		return err
	}
	in := &installing{client: c, transportID: transportID, features: features, options: o}
	in.course.Progress = o.Progress
	in.course.now.Of = len(apks)
	for _, a := range apks {
		if a.Size < 0 || a.Content == nil {
			return invalid(op, "Give each APK with its size", "%s: an APK without its size or content", a.Name)
		}
		in.course.now.Total += a.Size
	}
	if len(apks) == 1 {
		err = in.one(ctx, apks[0])
	} else {
		err = in.several(ctx, apks)
	}
	in.course.tell(true)
	return err
}

// installing is one installation under way.
type installing struct {
	client      *Client
	transportID int64
	features    Features
	options     InstallOptions
	course      course
}

func (in *installing) one(ctx context.Context, a APK) error {
	args := append([]string{"install"}, in.options.flags()...)
	said, err := in.give(ctx, a, func(from string) []string {
		if from == "-" {
			return append(args, "-S", strconv.FormatInt(a.Size, 10))
		}
		return append(args, from)
	})
	return in.outcome(said, err)
}

// outcome prefers the device's own words to how its stream ended.
func (in *installing) outcome(said string, err error) error {
	const op = "installing"
	if err == nil || strings.Contains(said, "Failure [") {
		err = packageResult(op, said)
	}
	return err
}

// several installs by a session.
func (in *installing) several(ctx context.Context, apks []APK) error {
	const op = "installing"
	args := append([]string{"install-create"}, in.options.flags()...)
	said, err := in.ask(ctx, append(args, "-S", strconv.FormatInt(in.course.now.Total, 10))...)
	if err = in.outcome(said, err); err != nil {
		return err
	}
	session, err := parseSession(said)
	if err != nil {
		return &Error{Op: op, Code: wire.BadReply, Message: "the package manager named no session: " + cut(oneLine(said), 256)}
	}
	for i, a := range apks {
		said, err := in.give(ctx, a, func(from string) []string {
			args := []string{"install-write"}
			if from == "-" {
				args = append(args, "-S", strconv.FormatInt(a.Size, 10))
			}
			return append(args, session, splitName(i, a.Name), from)
		})
		if err = in.outcome(said, err); err != nil {
			in.abandon(ctx, session)
			return err
		}
	}
	said, err = in.ask(ctx, "install-commit", session)
	if err = in.outcome(said, err); err != nil {
		in.abandon(ctx, session)
	}
	return err
}

// abandon has the device forget a session, whether or not the caller is still
// there.
func (in *installing) abandon(ctx context.Context, session string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTime)
	defer cancel()
	_, _ = in.ask(ctx, "install-abandon", session)
}

// parseSession reads "Success: created install session [1234]".
func parseSession(said string) (string, error) {
	_, rest, _ := strings.Cut(said, "[")
	id, _, found := strings.Cut(rest, "]")
	if n, err := strconv.ParseUint(id, 10, 31); !found || err != nil || strconv.FormatUint(n, 10) != id {
		return "", malformed(fmt.Sprintf("session %q", id))
	}
	return id, nil
}

// splitName is what a session calls an APK: unlike any other, and safe in every
// command.
func splitName(i int, name string) string {
	clean := strings.Map(func(r rune) rune {
		if r < 128 && (isLetter(byte(r)) || r >= '0' && r <= '9' || r == '.' || r == '_') {
			return r
		}
		return '_'
	}, strings.TrimSuffix(path.Base(name), ".apk"))
	return fmt.Sprintf("%d_%s.apk", i, clean[:min(len(clean), 64)])
}

// tempAPK is a name for an APK on a device whose package manager takes files.
func tempAPK() string {
	return "/data/local/tmp/farbench-" + strings.ToLower(rand.Text()[:16]) + ".apk"
}

// give has the package manager read an APK: a stream, "-", where it can, else a
// file on the device.
func (in *installing) give(ctx context.Context, a APK, args func(from string) []string) (said string, err error) {
	m := in.course.begin(a.Name)
	defer func() {
		if err == nil {
			in.course.now.Files++
		}
	}()
	if in.features.Has("cmd") || in.features.Has("abb_exec") {
		return in.stream(ctx, a, m, args("-"))
	}
	s := &Sync{client: in.client, transportID: in.transportID, features: in.features, moved: &motion{}}
	defer s.Close()
	temp := tempAPK()
	defer in.remove(ctx, temp)
	if n, err := s.Send(ctx, temp, 0o644, time.Now(), m.from(io.LimitReader(a.Content, a.Size))); err != nil {
		return "", err
	} else if n != a.Size {
		return "", short(a, n)
	}
	return in.ask(ctx, args(temp)...)
}

// remove takes away a file that was pushed to be installed.
func (in *installing) remove(ctx context.Context, temp string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTime)
	defer cancel()
	_, _ = in.words(ctx, "exec:rm -f "+quoted(temp))
}

func short(a APK, n int64) error {
	return invalid("installing", "Look whether the file is still being written", "%s ended after %d of %d bytes", a.Name, n, a.Size)
}
