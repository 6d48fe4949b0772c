package adb

import (
	"context"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/wire"
)

// UninstallOptions say for whom and how a package goes.
type UninstallOptions struct {
	User     string // "10", "current", "all"; empty is the device's default: all
	KeepData bool
}

// Uninstall takes a package off the device.
func (c *Client) Uninstall(ctx context.Context, transportID int64, name string, o UninstallOptions) error {
	const op = "uninstalling"
	if !isPackage(name) {
		return invalid(op, "Name the package, as in com.example.app", "%q is no package", name)
	}
	if o.User != "" && !isUser(o.User) {
		return invalid(op, "Give a number, current or all", "%q is no user", o.User)
	}
	command := "pm uninstall"
	if features, err := c.Features(ctx, transportID); err != nil {
		return err
	} else if features.Has("cmd") {
		command = "cmd package uninstall"
	}
	if o.KeepData {
		command += " -k"
	}
	if o.User != "" {
		command += " --user " + o.User
	}
	r, err := c.script(ctx, op, transportID, command+" "+name, installTime, maxWords)
	if err != nil {
		return err
	}
	return packageResult(op, r.out+r.err)
}

// isPackage says whether a name may stand in a command as it is.
func isPackage(name string) bool {
	if name == "" || len(name) > 255 || !isLetter(name[0]) {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && (c < '0' || c > '9') && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isUser(user string) bool {
	_, err := strconv.ParseUint(user, 10, 31)
	return err == nil || user == "current" || user == "all"
}

// Package is one that is installed. Version is its code, 0 where the device
// does not tell it; so is UID.
type Package struct {
	Name    string
	Path    string // of its base APK
	Version int64
	UID     int
}

// PackageFilter chooses packages.
type PackageFilter struct {
	ThirdParty bool   // only what is not part of the system
	User       string // as in UninstallOptions, but not "all"; empty is the device's default
}

// maxPackages bounds the list of packages, in bytes; a device has some 60 KiB.
const maxPackages = 4 << 20

// Packages lists what is installed.
func (c *Client) Packages(ctx context.Context, transportID int64, f PackageFilter) ([]Package, error) {
	const op = "listing packages"
	if f.User != "" && (!isUser(f.User) || f.User == "all") {
		return nil, invalid(op, "Give a number or current", "%q is no user", f.User)
	}
	command := "pm list packages -f -U --show-versioncode"
	if f.ThirdParty {
		command += " -3"
	}
	if f.User != "" {
		command += " --user " + f.User
	}
	r, err := c.script(ctx, op, transportID, command, installTime, maxPackages)
	if err != nil {
		return nil, err
	}
	if r.exit != 0 {
		return nil, &Error{
			Op: op, Code: wire.ActFailed, Message: "the package manager refused: " + cut(oneLine(r.err+r.out), 512),
			Hint: "It may still be starting: wait until the device has booted",
		}
	}
	return parsePackages(r.out), nil
}

// parsePackages reads "package:/path/base.apk=com.name versionCode:3 uid:10071"
// lines and passes over others. The path may hold '=': the name does not.
func parsePackages(out string) []Package {
	var list []Package
	for line := range strings.Lines(out) {
		rest, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "package:")
		if !ok {
			continue
		}
		var p Package
		for {
			before, word, found := cutLast(rest, " ")
			version, isVersion := strings.CutPrefix(word, "versionCode:")
			uid, isUID := strings.CutPrefix(word, "uid:")
			if !found || !isVersion && !isUID {
				break
			}
			if isVersion {
				p.Version, _ = strconv.ParseInt(version, 10, 64)
			} else {
				first, _, _ := strings.Cut(uid, ",") // one a user, where there are several
				p.UID, _ = strconv.Atoi(first)
			}
			rest = before
		}
		p.Name = rest
		if before, name, found := cutLast(rest, "="); found {
			p.Path, p.Name = before, name
		}
		if isPackage(p.Name) {
			list = append(list, p)
		}
	}
	return list
}
