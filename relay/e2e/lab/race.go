//go:build race

package lab

// underRace: who runs under the race detector wants the programs under it, too.
const underRace = true
