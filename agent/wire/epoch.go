package wire

// Drive says by number who may drive a device: Epoch grows each time
// somebody is given it, for ever, and is 0 where it was never reserved. Held says
// that somebody has it reserved; within an epoch it is true first and then false. A command carries the Drive that its relay read
// when it allowed it; an agent refuses one that is older than what it knows.
type Drive struct {
	Epoch int64 `json:"epoch,omitempty"`
	Held  bool  `json:"held,omitempty"`
}

// WholeBench stands for a bench's devices that are not named themselves.
const WholeBench = ""

// MaxEpochs is how many devices one message may name.
const MaxEpochs = 1024

// Epochs tells an agent who drives its devices now: at each change, and whole
// when it comes online. What is older than the agent's own knowledge changes
// nothing, so order and repetition do not matter.
type Epochs struct {
	Relay   string           `json:"relay"`
	Req     string           `json:"req"`
	Devices map[string]Drive `json:"devices"`
}
