package benches

import (
	"github.com/farbench/farbench/agent/danger"
)

// Ask refuses what looks destructive while somebody is at a bench, unless whoever
// asks was asked themselves. does is asked only then. The bench's agent asks as
// well: this one may not have heard of its flag.
func (b *Benches) Ask(bench string, confirmed bool, does func() *danger.Danger) error {
	doc, ok := b.Get(bench)
	if confirmed || !ok || doc.Flag == nil {
		return nil
	}
	if d := does(); d != nil {
		return d.Ask(bench, doc.Flag)
	}
	return nil
}
