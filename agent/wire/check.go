package wire

// Expect is what a check wants of the value that it finds: at most one field is
// set, none means that anything found will do.
type Expect struct {
	// A condition of another spelling must not turn into none at all.
	_ struct{} `json:"-" additionalProperties:"false"`

	Is      *string  `json:"is,omitempty"`
	Not     *string  `json:"not,omitempty"`
	Below   *float64 `json:"below,omitempty"`
	Above   *float64 `json:"above,omitempty"`
	Matches *string  `json:"matches,omitempty"` // RE2, anywhere in the value
}

// RunCheck is the check that a run was started by: a copy, for checks are
// edited and what a run was to show is not. Pattern's first named group is the
// value; an empty Pattern leaves the verdict to the exit code.
type RunCheck struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	Pattern string `json:"pattern"`
	Expect  Expect `json:"expect"`
}
