//go:build !race

package lab

const (
	underRace = false // see race.go
	UnderRace = underRace
)
