package wire

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Bounds of a logcat's choice.
const (
	maxBuffers = 8
	maxFilters = 64
)

var (
	packagePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*$`)
	userPattern    = regexp.MustCompile(`^([0-9]{1,9}|current|all)$`)
	filterPattern  = regexp.MustCompile(`^(\*|[^\s:*\x00-\x1f\x7f-][^\s:\x00-\x1f\x7f]{0,127})(:[VDIWEFS])?$`)
	sincePattern   = regexp.MustCompile(`^([0-9]{1,9}|[0-9]{1,12}\.[0-9]{1,9}|([0-9]{4}-)?[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?)$`)
	// LogBuffers are the logs that logcat -b takes.
	LogBuffers = []string{"main", "system", "events", "crash", "radio", "kernel", "security", "stats", "default", "all"}
)

const maxPackage = 255

var actFields = []string{"kind", "mode", "wait", "for", "package", "user", "keep", "buffers", "filters", "since", "dump"}

// UnmarshalJSON keeps in mind which fields it does not know. Who only shows an
// act passes over these; who is to do it must not.
func (a *Act) UnmarshalJSON(text []byte) error {
	type plain Act
	var act plain
	if err := json.Unmarshal(text, &act); err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	for field := range fields {
		if !slices.ContainsFunc(actFields, func(known string) bool { return strings.EqualFold(known, field) }) {
			act.unknown = append(act.unknown, field)
		}
	}
	slices.Sort(act.unknown)
	*a = Act(act)
	return nil
}

// Check lists all that is wrong with an act that came from outside. What it
// lets pass holds no control character; a shell needs a filter and a time
// quoted.
func (a *Act) Check() (mistakes []string) {
	say := func(format string, args ...any) { mistakes = append(mistakes, fmt.Sprintf(format, args...)) }
	if !slices.Contains(ActKinds, a.Kind) {
		say("act.kind is %.40q, it must be one of %s", a.Kind, join(ActKinds))
		return mistakes
	}
	for _, field := range a.unknown[:min(len(a.unknown), 10)] {
		say("act.%.40s is no field of an act", field)
	}
	for _, field := range []struct {
		name string
		set  bool
		kind ActKind
	}{
		{"mode", a.Mode != "", ActReboot},
		{"wait", a.Wait, ActReboot},
		{"for", a.For != "", ActWait},
		{"package", a.Package != "", ActUninstall},
		{"user", a.User != "", ActUninstall},
		{"keep", a.Keep, ActUninstall},
		{"buffers", a.Buffers != nil, ActLogcat},
		{"filters", a.Filters != nil, ActLogcat},
		{"since", a.Since != "", ActLogcat},
		{"dump", a.Dump, ActLogcat},
	} {
		if field.set && field.kind != a.Kind {
			say("act.%s belongs to %s, not to %s", field.name, field.kind, a.Kind)
		}
	}
	if a.Mode != "" && !slices.Contains(RebootModes, a.Mode) {
		say("act.mode is %.40q, it must be one of %s, or missing", a.Mode, join(RebootModes))
	}
	if a.For != "" && !slices.Contains(WaitsFor, a.For) {
		say("act.for is %.40q, it must be one of %s", a.For, join(WaitsFor))
	}
	if a.Kind == ActUninstall && (len(a.Package) > maxPackage || !packagePattern.MatchString(a.Package)) {
		say("act.package is %.80q, it must be a package's name such as com.example.app", a.Package)
	}
	if a.User != "" && !userPattern.MatchString(a.User) {
		say("act.user is %.40q, it must be a number, current or all", a.User)
	}
	return append(mistakes, a.checkLog()...)
}

func (a *Act) checkLog() (mistakes []string) {
	say := func(format string, args ...any) { mistakes = append(mistakes, fmt.Sprintf(format, args...)) }
	if len(a.Buffers) > maxBuffers {
		say("act.buffers names %d buffers, at most %d are allowed", len(a.Buffers), maxBuffers)
	} else {
		for _, buffer := range a.Buffers {
			if !slices.Contains(LogBuffers, buffer) {
				say("act.buffers names %.40q, there is %s", buffer, join(LogBuffers))
			}
		}
	}
	if len(a.Filters) > maxFilters {
		say("act.filters holds %d filters, at most %d are allowed", len(a.Filters), maxFilters)
	} else {
		for _, filter := range a.Filters {
			if !filterPattern.MatchString(filter) {
				say("act.filters holds %.80q, it must be TAG, TAG:PRIORITY or *:PRIORITY with a priority of V, D, I, W, E, F or S", filter)
			}
		}
	}
	if a.Since != "" && !sincePattern.MatchString(a.Since) {
		say("act.since is %.40q, it must be a number of lines or a time such as 11-21 09:30:00.000", a.Since)
	}
	return mistakes
}

func join[T ~string](words []T) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return strings.Join(all, ", ")
}
