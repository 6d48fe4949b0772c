package memfs

// blockSize is how much of a file lies in one piece: a file that grows is not
// copied again and again.
const blockSize = 256 << 10

// content is a file's bytes: full blocks, and a last one that grows.
type content struct {
	blocks [][]byte
	size   int64
}

func wholly(data []byte) content {
	var c content
	c.writeAt(data, 0)
	return c
}

// readAt copies what there is from off on.
func (c *content) readAt(p []byte, off int64) int {
	done := 0
	for done < len(p) && off < c.size {
		n := copy(p[done:], c.blocks[off/blockSize][off%blockSize:])
		done += n
		off += int64(n)
	}
	return done
}

// writeAt puts p at off; what lies between the end and off becomes zeros.
func (c *content) writeAt(p []byte, off int64) {
	c.grow(max(c.size, off+int64(len(p))))
	for len(p) > 0 {
		n := copy(c.blocks[off/blockSize][off%blockSize:], p)
		p = p[n:]
		off += int64(n)
	}
}

func (c *content) grow(size int64) {
	for c.size < size {
		last := int(c.size % blockSize)
		if last == 0 {
			c.blocks = append(c.blocks, nil)
		}
		n := int(min(size-c.size, int64(blockSize-last)))
		block := c.blocks[len(c.blocks)-1]
		if last+n > cap(block) {
			// The first block is as small as its file, later ones are whole.
			room := blockSize
			if len(c.blocks) == 1 {
				room = min(blockSize, max(last+n, 2*cap(block)))
			}
			block = append(make([]byte, 0, room), block...)
		}
		block = block[:last+n]
		clear(block[last:])
		c.blocks[len(c.blocks)-1] = block
		c.size += int64(n)
	}
}
