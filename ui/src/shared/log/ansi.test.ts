import { describe, expect, it } from 'vitest'
import { dress, spans } from './ansi'
import { contrast, paint } from './colours'

const esc = '\u001b'

const plainOf = (line: string) => dress(line).text

describe('spans', () => {
  it('leaves text without escapes alone', () => {
    expect(spans('a <b>&amp; 終')).toEqual([{ text: 'a <b>&amp; 終', face: undefined }])
    expect(spans('')).toEqual([])
  })

  it('reads colours and faces, and their ends', () => {
    expect(spans(`a${esc}[1;31mb${esc}[22mc${esc}[0md`)).toEqual([
      { text: 'a', face: undefined },
      { text: 'b', face: { bold: true, fg: 1 } },
      { text: 'c', face: { bold: undefined, dim: undefined, fg: 1 } },
      { text: 'd', face: undefined },
    ])
  })

  it.each([
    ['38;5;208', { fg: 0x1ff8700 }],
    ['38;5;9', { fg: 9 }],
    ['48;5;244', { bg: 0x1808080 }],
    ['38;2;1;2;3', { fg: 0x1010203 }],
    ['97', { fg: 15 }],
    ['100', { bg: 8 }],
    ['38;5;999', undefined],
    ['38;2;1', undefined],
    ['38', undefined],
    ['999', undefined],
  ])('ESC [ %s m', (numbers, face) => {
    expect(spans(`${esc}[${numbers}mx`)).toEqual([{ text: 'x', face }])
  })

  it('leaves out what moves a cursor or names a window, and shows what is no escape', () => {
    expect(
      plainOf(`${esc}[2J${esc}[10;20Ha${esc}]0;title\u0007b${esc}(Bc${esc}]8;;x${esc}\\d`),
    ).toBe('abcd')
    expect(plainOf(`a${esc}]0;never ends`)).toBe('a␛]0;never ends')
    expect(plainOf(`a${esc}[31`)).toBe('a␛[31')
    expect(plainOf(`a${esc}`)).toBe('a␛')
  })

  it('shows control characters as pictures and drops a line’s last CR', () => {
    expect(plainOf('a\0b\tc\rd\u007f\r')).toBe('a␀b\tc␍d␡')
  })
})

describe('paint', () => {
  it.each(['light', 'dark'] as const)('keeps every colour readable in %s', (scheme) => {
    const ground = { light: 0xffffff, dark: 0x0c0f10 }[scheme]
    const number = (css: string | undefined) => Number.parseInt(css!.slice(1), 16)
    for (let i = 0; i < 256; i++) {
      const fg = i < 16 ? i : 0x1000000 + Math.floor(i * 65793.1)
      expect(contrast(number(paint({ fg }, scheme).fg), ground)).toBeGreaterThanOrEqual(4.5)
      const both = paint({ fg: 2, bg: fg }, scheme)
      expect(contrast(number(both.fg), number(both.bg))).toBeGreaterThanOrEqual(4.5)
      const turned = paint({ fg, inverse: true }, scheme)
      expect(contrast(number(turned.fg), number(turned.bg))).toBeGreaterThanOrEqual(4.5)
    }
  })
})
