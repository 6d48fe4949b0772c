package android

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
)

// grant is a runtime permission that a package was given by hand.
type grant struct {
	user             int
	name, permission string
}

const (
	maxUsers  = 16
	maxGrants = 4096
)

// Flags of a user that is made: full and initialized.
const newUserFlags = 0x410

func (s *System) hasUser(id int) bool {
	return slices.ContainsFunc(s.users, func(u User) bool { return u.ID == id })
}

// pm answers what is about users and grants; packages are another's.
func (s *System) pm(p *machine.Proc, args []string) int {
	verb := ""
	if len(args) > 1 {
		verb = args[1]
	}
	switch {
	case verb == "list" && len(args) > 2 && args[2] == "users":
		return s.with(p, args, listUsers)
	case verb == "create-user":
		return s.with(p, args, createUser)
	case verb == "remove-user":
		return s.with(p, args, removeUser)
	case verb == "clear" || verb == "grant" || verb == "revoke":
		return s.with(p, args, changePackage)
	case s.packages != nil:
		return s.packages(p, args)
	}
	p.Errorf("pm: no packages\n")
	return 1
}

func listUsers(c *call) int {
	c.out.WriteString("Users:\n")
	for _, u := range c.users {
		running := ""
		if u.ID == 0 || u.ID == c.foreground {
			running = " running"
		}
		fmt.Fprintf(&c.out, "\tUserInfo{%d:%s:%x}%s\n", u.ID, u.Name, u.Flags, running)
	}
	return 0
}

func createUser(c *call) int {
	_, rest := options(c.args[2:], "--profileOf", "--user-type")
	if len(rest) == 0 {
		c.err.WriteString("Error: no user name specified.\n")
		return 1
	}
	if len(c.users) >= maxUsers {
		c.err.WriteString("Error: couldn't create User.\n")
		return 1
	}
	id := 10
	for c.hasUser(id) {
		id++
	}
	c.users = append(c.users, User{ID: id, Name: rest[0], Flags: newUserFlags})
	for name, values := range defaultSettings(Model{Users: []User{{ID: id}}}) {
		if name.name != "global" {
			c.System.settings[name] = values
		}
	}
	fmt.Fprintf(&c.out, "Success: created user id %d\n", id)
	return 0
}

func removeUser(c *call) int {
	_, rest := options(c.args[2:])
	id, err := -1, error(nil)
	if len(rest) > 0 {
		id, err = strconv.Atoi(rest[0])
	}
	if err != nil || id == 0 || id == c.foreground || !c.hasUser(id) {
		fmt.Fprintf(&c.err, "Error: couldn't remove user id %s\n", c.arg(2))
		return 1
	}
	c.users = slices.DeleteFunc(c.users, func(u User) bool { return u.ID == id })
	c.out.WriteString("Success: removed user\n")
	return 0
}

// userOf reads a --user option; without one it is the user in front where
// current says so, else 0.
func (c *call) userOf(text string, otherwise int) (int, bool) {
	switch text {
	case "":
		return otherwise, true
	case "current", "cur":
		return c.foreground, true
	case "all":
		return otherwise, true
	}
	id, err := strconv.Atoi(text)
	return id, err == nil && c.hasUser(id)
}

// changePackage is pm clear, grant and revoke.
func changePackage(c *call) int {
	set, rest := options(c.args[2:], "--user")
	user, ok := c.userOf(set["--user"], 0)
	if len(rest) == 0 {
		c.err.WriteString("Error: no package specified\n")
		return 1
	}
	name := rest[0]
	known := ok && c.installed(name)
	if c.args[1] == "clear" {
		if !known {
			c.out.WriteString("Failed\n")
			return 1
		}
		c.stopApp(name)
		for g := range c.grants {
			if g.name == name && g.user == user {
				delete(c.grants, g)
			}
		}
		c.log(logd.System, serverPID, 'I', "ActivityManager", fmt.Sprintf("Force stopping %s appid=%d user=%d: clear data", name, 10000+appID(name), user))
		c.out.WriteString("Success\n")
		return 0
	}
	if len(rest) < 2 {
		c.err.WriteString("Error: no permission specified\n")
		return 1
	}
	if !known {
		fmt.Fprintf(&c.err, "\nException occurred while executing '%s':\njava.lang.IllegalArgumentException: Unknown package: %s\n", c.args[1], name)
		return 255
	}
	g := grant{user, name, rest[1]}
	if c.args[1] == "revoke" {
		delete(c.grants, g)
	} else if len(c.grants) < maxGrants {
		c.grants[g] = true
	}
	return 0
}
