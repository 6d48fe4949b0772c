//go:build race

package lab

// underRace: who runs under the race detector wants the programs under it, too.
const underRace = true

// UnderRace says whether the programs run with the race detector: some ten times
// slower.
const UnderRace = underRace
