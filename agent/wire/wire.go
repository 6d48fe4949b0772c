// Package wire is the contract between a bench's agent and the relay: the
// subjects they speak on, the messages they exchange, the faults they name and
// the version of all that. Browsers and the CLI read the same types as JSON.
//
// It imports the standard library only and knows neither NATS nor HTTP. A
// reader passes over fields that it does not know; a change that an old reader
// would misunderstand raises Version and gets a line in the history below.
//
//	1  2026-11-21  runs, blocks, inventory, beats; sessions
package wire

// Version is the protocol's version, sent in every Alive and in the browser's
// hello as "v".
const Version = 1
