//go:build race

package stories

const raceEnabled = true
