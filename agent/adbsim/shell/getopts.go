package shell

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
)

// getopts sets NAME to the next option of the parameters.
func getopts(s *Shell, args []string) int {
	if len(args) < 3 {
		s.errorf("getopts: missing argument")
		return 2
	}
	opts, name, params := args[1], args[2], args[3:]
	if len(params) == 0 {
		params = s.params
	}
	at, _ := strconv.Atoi(s.get("OPTIND"))
	inside, _ := strconv.Atoi(s.get("_OPTCHAR")) // where in a word like -abc
	at = max(at, 1)
	finish := func() int {
		s.setString(name, "?")
		return 1
	}
	if at > len(params) {
		return finish()
	}
	word := params[at-1]
	if len(word) < 2 || word[0] != '-' {
		return finish()
	}
	if word == "--" {
		s.setString("OPTIND", strconv.Itoa(at+1))
		return finish()
	}
	inside = max(inside, 1)
	opt := word[inside]
	inside++
	_ = s.set("OPTARG", expand.Variable{})
	silent := strings.HasPrefix(opts, ":")
	i := strings.IndexByte(strings.TrimPrefix(opts, ":"), opt)
	switch rest := strings.TrimPrefix(opts, ":"); {
	case i < 0 || opt == ':':
		s.setString(name, "?")
		if silent {
			s.setString("OPTARG", string(opt))
		} else {
			s.errorf("-%c: unknown option", opt)
		}
	case i+1 < len(rest) && rest[i+1] == ':':
		s.setString(name, string(opt))
		if inside < len(word) {
			s.setString("OPTARG", word[inside:])
		} else if at < len(params) {
			s.setString("OPTARG", params[at])
			at++
		} else {
			s.setString(name, "?")
			s.errorf("-%c: requires an argument", opt)
		}
		inside = len(word)
	default:
		s.setString(name, string(opt))
	}
	if inside >= len(word) {
		at, inside = at+1, 0
	}
	s.setString("OPTIND", strconv.Itoa(at))
	s.setString("_OPTCHAR", strconv.Itoa(inside))
	return 0
}
