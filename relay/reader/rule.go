package reader

// position is where a reader of a run stands: the line that it takes next.
// open says that a gap of unknown length stands there, so that the next block
// may begin at any later line.
type position struct {
	next int64
	open bool
}

// verdict is what the rule says of a block.
type verdict int

const (
	have  verdict = iota // it holds nothing new
	take                 // it is the next
	ahead                // lines before it are still missing
)

// offer applies the one rule that live and replayed blocks share: a block is
// taken only if it begins at the next line. What begins earlier and ends later
// is trimmed: a gap that the spool or the keeper widened, or the first block of
// somebody who began in its middle. The block returned is the one to deliver.
func (p *position) offer(b *Block) (verdict, *Block) {
	switch {
	case b.Last < 0 && b.First == p.next && p.open, // a gap that is known already
		b.Last < 0 && b.First < p.next,
		b.Last >= 0 && b.Last < p.next:
		return have, nil
	case b.First > p.next && !p.open:
		return ahead, nil
	case b.Last < 0:
		p.next, p.open = b.First, true
		return take, b
	case b.First < p.next:
		trimmed, err := trim(b, p.next)
		if err != nil {
			return have, nil
		}
		b = trimmed
	}
	p.next, p.open = b.Last+1, false
	return take, b
}
