// A screenshot made small: PNG with a palette of the 256 colours that it uses
// most, the few others as the nearest of them. Text on plain ground looks the
// same in a third of the bytes.
import { deflateSync } from 'node:zlib'

// smallPNG takes pixels as a canvas gives them: red, green, blue, alpha.
export function smallPNG(width, height, rgba) {
  const uses = new Map()
  for (let i = 0; i < rgba.length; i += 4) {
    const colour = rgba.readUIntBE(i, 3)
    uses.set(colour, (uses.get(colour) ?? 0) + 1)
  }
  const colours = [...uses].sort((a, b) => b[1] - a[1]).map(([colour]) => colour)
  const palette = colours.slice(0, 256)
  const place = new Map(palette.map((colour, i) => [colour, i]))
  for (const colour of colours.slice(256)) place.set(colour, nearest(colour, palette))

  const rows = Buffer.alloc(height * (width + 1)) // each row begins with its filter: none
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows[y * (width + 1) + 1 + x] = place.get(rgba.readUIntBE(4 * (y * width + x), 3))
    }
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0])
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const channels = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]

function nearest(colour, palette) {
  const [r, g, b] = channels(colour)
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (const [i, other] of palette.entries()) {
    const [r2, g2, b2] = channels(other)
    const far = (r - r2) ** 2 + (g - g2) ** 2 + (b - b2) ** 2
    if (far < least) [best, least] = [i, far]
  }
  return best
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc(body), body.length + 4)
  return framed
}

function crc(bytes) {
  let c = ~0
  for (const byte of bytes) {
    c ^= byte
    for (let bit = 0; bit < 8; bit++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0)
  }
  return ~c >>> 0
}
