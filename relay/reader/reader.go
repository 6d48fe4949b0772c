// Package reader delivers a run's lines to its followers: every line once, in
// order, live and replayed alike. A block is taken only if it begins at the
// follower's next line; what it has is dropped, what is ahead sends it back to
// replay. A hole that stays is shown as a gap.
package reader
