// The README's picture can be made again at any time (make picture).
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pictureOf, pixels, schemes, take } from '../scripts/picture.mjs'

const root = new URL('../../', import.meta.url)
const kept = (name) => readFileSync(new URL(name, root))
const widthOf = (png) => png.readUInt32BE(16)
const heightOf = (png) => png.readUInt32BE(20)

test('the picture is taken of a running dashboard, and is small', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'farbench-picture-'))
  try {
    await take(folder)
    for (const scheme of schemes) {
      const png = readFileSync(pictureOf(folder, scheme))
      assert.equal(png.toString('latin1', 1, 4), 'PNG')
      assert.deepEqual({ width: widthOf(png), height: heightOf(png) }, pixels)
      assert.ok(png.length > 50_000 && png.length < 200_000, `${scheme}: ${png.length} bytes`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the README shows what the target makes', () => {
  const readme = kept('README.md').toString()
  for (const scheme of schemes) {
    const name = pictureOf('.github', scheme)
    assert.ok(readme.includes(name), `${name} is not in the README`)
    assert.equal(widthOf(kept(name)), pixels.width)
  }
})
