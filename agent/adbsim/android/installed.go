package android

import "strings"

// installed tells whether there is such a package.
func (s *System) installed(name string) bool {
	if s.model.Installed != nil {
		return s.model.Installed(name)
	}
	return name == "android" || strings.HasPrefix(name, "com.android.") || strings.HasPrefix(name, "com.farbench.")
}
