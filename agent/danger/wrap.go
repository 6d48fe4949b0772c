package danger

import (
	"regexp"
	"slices"
	"strings"
)

// ofWords judges one call: programs that run another one lead to that.
func ofWords(words []string, fed string, depth int) *Danger {
	if depth > deepest {
		return nil
	}
	words = unwrapped(words)
	if len(words) == 0 {
		return nil
	}
	name, args := words[0][strings.LastIndexByte(words[0], '/')+1:], words[1:]
	switch name {
	case "sh", "bash", "mksh", "ash", "zsh", "dash":
		return ofShell(args, fed, depth)
	case "eval":
		return of(strings.Join(args, " "), depth+1)
	case "su", "sudo":
		return ofSu(args, fed, depth)
	case "xargs":
		return ofWords(append(slices.Clone(afterOptions(args, "InLPsE")), found), "", depth+1)
	case "adb":
		return ofADB(args, fed, depth)
	case "find":
		return ofFind(args, depth)
	}
	return judge(name, args)
}

var assignment = regexp.MustCompile(`^[A-Za-z_]\w*=`)

// unwrapped takes away words that stand before a program and leave it as it is.
func unwrapped(words []string) []string {
	for range 32 {
		if len(words) == 0 {
			return nil
		}
		switch first := words[0]; first {
		case "exec", "command", "builtin", "nohup", "env", "busybox", "toybox", "setsid":
			words = withoutOptions(words[1:])
		case "nice", "ionice", "stdbuf":
			words = afterOptions(words[1:], "ncpioe")
		case "timeout":
			words = afterOptions(words[1:], "ks")
			if len(words) > 0 {
				words = words[1:]
			}
		default:
			if !assignment.MatchString(first) {
				return words
			}
			words = words[1:]
		}
	}
	return words
}

func withoutOptions(words []string) []string {
	for i, w := range words {
		if !strings.HasPrefix(w, "-") {
			return words[i:]
		}
	}
	return nil
}

// afterOptions passes over options, and the values of those that take one.
func afterOptions(words []string, valued string) []string {
	i := 0
	for i < len(words) && strings.HasPrefix(words[i], "-") {
		if len(words[i]) == 2 && strings.IndexByte(valued, words[i][1]) >= 0 {
			i++
		}
		i++
	}
	return words[min(i, len(words)):]
}

var commandOption = regexp.MustCompile(`^-[a-z]*c$`)

func ofShell(args []string, fed string, depth int) *Danger {
	for i, a := range args {
		if commandOption.MatchString(a) {
			if i+1 < len(args) {
				return of(args[i+1], depth+1)
			}
			return nil
		}
	}
	if len(withoutOptions(args)) > 0 {
		return nil // a script's file
	}
	return of(fed, depth+1)
}

var suUser = regexp.MustCompile(`^(root|shell|system|\d+(,\d+)*)$`)

// ofSu knows su -c '…', su root …, su 0 sh -c '…' and sudo ….
func ofSu(args []string, fed string, depth int) *Danger {
	if i := slices.Index(args, "-c"); i >= 0 {
		return of(strings.Join(args[i+1:], " "), depth+1)
	}
	rest := afterOptions(args, "ugs")
	if len(rest) > 0 && suUser.MatchString(rest[0]) {
		rest = rest[1:]
	}
	if len(rest) > 0 {
		return ofWords(rest, "", depth+1)
	}
	return of(fed, depth+1)
}

// ofADB is for who is used to a terminal and types `adb shell …` here too, and
// for acts, whose words for people these are.
func ofADB(args []string, fed string, depth int) *Danger {
	rest := afterOptions(args, "stHPL")
	if len(rest) == 0 {
		return nil
	}
	verb, rest := rest[0], rest[1:]
	switch verb {
	case "shell", "exec-out":
		if len(rest) > 0 {
			fed = strings.Join(rest, " ")
		}
		return of(fed, depth+1)
	case "uninstall":
		return packages(append([]string{"uninstall"}, rest...))
	case "root", "unroot":
		return &Danger{Does: "Restart adbd", Text: "The device leaves the bench for a moment.", Leaves: true}
	case "reboot":
		return rebootTo(at(rest, 0))
	}
	return judge(verb, rest)
}

func ofFind(args []string, depth int) *Danger {
	end := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "-") || a == "(" })
	if end < 0 {
		return nil
	}
	roots := args[:end]
	if slices.Contains(args, "-delete") {
		return removal(roots, true)
	}
	does := slices.IndexFunc(args, func(a string) bool { return a == "-exec" || a == "-execdir" || a == "-ok" })
	if does < 0 {
		return nil
	}
	var words []string
	for _, a := range args[does+1:] {
		switch a {
		case ";", "+":
		case "{}":
			words = append(words, roots...)
		default:
			words = append(words, a)
		}
	}
	return ofWords(words, "", depth+1)
}

// at is a word, or none.
func at(words []string, i int) string {
	if i < 0 || i >= len(words) {
		return ""
	}
	return words[i]
}
