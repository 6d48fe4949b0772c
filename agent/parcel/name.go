package parcel

import (
	"path/filepath"
	"strings"
)

// BadName says what is wrong with a name that another machine gives, for a file
// of this PC; "" is nothing.
func BadName(name string) string {
	switch {
	case name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00"):
		return "is none"
	case strings.Contains(name, `\`):
		return "holds a backslash"
	case !filepath.IsLocal(name):
		return "may not be used on this PC"
	}
	return ""
}
