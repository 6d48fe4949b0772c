package checks

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/wire"
)

// Expected is what a check wants, in words.
func Expected(c wire.RunCheck) string {
	e := c.Expect
	switch {
	case c.Pattern == "":
		return "exit code 0"
	case e.Is != nil:
		return *e.Is
	case e.Not != nil:
		return "not " + *e.Not
	case e.Below != nil:
		return "below " + number(*e.Below)
	case e.Above != nil:
		return "above " + number(*e.Above)
	case e.Matches != nil:
		return "matches " + *e.Matches
	}
	return "anything"
}

// met says whether a value is as expected, and why not.
func met(e wire.Expect, found string) (bool, string) {
	switch {
	case e.Is != nil:
		return found == *e.Is, fmt.Sprintf("found %s, expected %s", found, *e.Is)
	case e.Not != nil:
		return found != *e.Not, fmt.Sprintf("found %s, which it must not be", found)
	case e.Below != nil || e.Above != nil:
		value, err := strconv.ParseFloat(strings.TrimSpace(found), 64)
		if err != nil || math.IsNaN(value) {
			return false, fmt.Sprintf("found %s, which is no number", found)
		}
		if e.Below != nil {
			return value < *e.Below, fmt.Sprintf("found %s, expected below %s", found, number(*e.Below))
		}
		return value > *e.Above, fmt.Sprintf("found %s, expected above %s", found, number(*e.Above))
	case e.Matches != nil:
		re, err := compile(*e.Matches)
		if err != nil {
			return false, "the expression that the value should match " + err.Error()
		}
		return re.MatchString(found), fmt.Sprintf("found %s, which does not match %s", found, *e.Matches)
	}
	return true, ""
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
