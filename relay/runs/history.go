package runs

import (
	"context"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Past chooses from somebody's history; empty fields choose all.
type Past struct {
	Text, Bench, Device string
	Limit               int // 1 to 500, 0 means 50
}

// historyRuns bounds how far back a history looks: Times counts these runs.
const historyRuns = 20_000

// History lists the distinct commands that somebody ran, the newest first. What
// a check ran nobody typed, and the words of an act are no command of a shell:
// these are no part of it.
func (r *Runs) History(_ context.Context, by api.User, q Past) (api.History, error) {
	if q.Limit == 0 {
		q.Limit = 50
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.loaded {
		return api.History{}, unavailable("this relay is still reading the list of runs")
	}
	return r.index.history(by, q), nil
}

func (x *index) history(by api.User, q Past) api.History {
	answer := api.History{Commands: []api.PastCommand{}}
	q.Text = strings.ToLower(q.Text)
	at := map[string]int{} // by the command's hash; -1: does not hold the text
	for i, looked := len(x.order)-1, 0; i >= 0 && looked < historyRuns; i-- {
		c := &x.order[i].claim
		if !theirs(c, by) || c.Check != nil || c.Act != nil || q.Bench != "" && c.Bench != q.Bench || q.Device != "" && c.Device != q.Device {
			continue
		}
		looked++
		n, known := at[c.Hash]
		switch {
		case known && n >= 0:
			answer.Commands[n].Times++
		case known, len(answer.Commands) == q.Limit:
		case q.Text != "" && !x.order[i].says(q.Text):
			at[c.Hash] = -1
		default:
			at[c.Hash] = len(answer.Commands)
			answer.Commands = append(answer.Commands, api.PastCommand{
				Command: x.order[i].command(), Cut: x.order[i].cut && x.order[i].text == nil,
				Times: 1, LastAt: c.Created, LastRun: c.Run, Bench: c.Bench, Device: c.Device,
			})
		}
	}
	return answer
}

// theirs says whether a run is this person's. Runs of before there were people
// name their starter alone.
func theirs(c *wire.Claim, by api.User) bool {
	if c.ByID == "" {
		return strings.EqualFold(c.By, by.Name)
	}
	return c.ByID == by.ID
}
