package android

import "github.com/farbench/farbench/agent/adbsim/packages"

// installed tells whether some user has such a package.
func (s *System) installed(name string) bool {
	_, there := s.m.Packages.Find(name, packages.AllUsers)
	return there
}

// who tells the package manager the users, and who is in the foreground.
func (s *System) who() (all []int, foreground int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.users {
		all = append(all, u.ID)
	}
	return all, s.foreground
}
