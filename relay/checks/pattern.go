package checks

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Example is a pattern as it should look.
const Example = `versionName=(?<version>\S+)`

const (
	maxPattern = 1 << 10
	// maxProgram bounds what a pattern compiles to: the time that a line takes
	// grows with it, and (a{500}){500} is short.
	maxProgram = 1000
)

// pattern finds a value in a line.
type pattern struct {
	*regexp.Regexp
	group int // the first that has a name
}

func compilePattern(text string) (pattern, error) {
	re, err := compile(text)
	if err != nil {
		return pattern{}, err
	}
	for i, name := range re.SubexpNames() {
		if name != "" {
			return pattern{re, i}, nil
		}
	}
	return pattern{}, errors.New("has no named group that says which part is the value; write it like " + Example)
}

// compile reads RE2, bounded: time is linear in the line and in the program.
func compile(text string) (*regexp.Regexp, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("has %d bytes, at most %d are allowed", len(text), maxPattern)
	}
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("does not parse: %s; an example: %s", said(err), Example)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, fmt.Errorf("does not compile: %w", err)
	}
	if len(program.Inst) > maxProgram {
		return nil, errors.New("is too much work for a line: make its repetitions shorter")
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("does not compile: %w", err)
	}
	return re, nil
}

// said is the library's remark, and what to do where somebody used to another
// kind of expressions asks for what RE2 does not have.
func said(err error) string {
	text := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	var wrong *syntax.Error
	if errors.As(err, &wrong) && wrong.Code == syntax.ErrInvalidPerlOp && len(wrong.Expr) > 2 && strings.ContainsAny(wrong.Expr[2:], "=!") {
		text += " (RE2 looks neither ahead nor behind: put into the group what you want, and outside of it what stands around)"
	}
	return text
}
