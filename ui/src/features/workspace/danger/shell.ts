// A shell line taken apart as far as one must know which programs it calls:
// words without their quotes, what is substituted, where output goes. It reads
// and never runs anything; what it does not understand it passes over.

export type Call = {
  argv: string[]
  into: string[] // files that output is redirected to
  fed: string // what is known to stand on its input: a here-document, an echo before a pipe
}

const deepest = 8

export function calls(script: string, depth = 0): Call[] {
  if (depth > deepest) return []
  return new Reader(script, depth).read()
}

class Reader {
  readonly #text: string
  readonly #depth: number
  readonly #calls: Call[] = []
  #i = 0
  #argv: string[] = []
  #into: string[] = []
  #fed = ''
  #word: string | undefined
  #isTarget = false // the next word is a file that output goes to
  #isSource = false // the next word is a file that input comes from
  #open = 0 // subshells
  #documents: { call: Call | undefined; end: string }[] = []
  #isDocument = false

  constructor(text: string, depth: number) {
    this.#text = text.replaceAll('\\\n', '')
    this.#depth = depth
  }

  read(): Call[] {
    while (this.#i < this.#text.length) this.#step(this.#text[this.#i]!)
    this.#endCall()
    return this.#calls
  }

  #step(c: string): void {
    const next = this.#text[this.#i + 1]
    if (c === "'") this.#single()
    else if (c === '"') this.#double()
    else if (c === '`') this.#ticks()
    else if (c === '$') this.#dollar(next)
    else if (c === '\\') {
      this.#add(next ?? '')
      this.#i += 2
    } else if (c === '#' && this.#word === undefined) this.#i = this.#until('\n', this.#i)
    else {
      this.#i++
      this.#operator(c, next)
    }
  }

  #operator(c: string, next: string | undefined): void {
    if (c === ' ' || c === '\t' || c === '\r') this.#endWord()
    else if (c === '\n') this.#endLine()
    else if (c === '>') this.#redirect(next)
    else if (c === '<') this.#input(next)
    else if (c === '&' && next === '>')
      this.#endWord() // &> file: the `>` follows
    else if (c === '(') {
      this.#open++
      this.#drop() // `name()` names a function; before a subshell nothing stands
    } else if (c === ')') {
      if (this.#open > 0) this.#endCall()
      else this.#drop() // the pattern of a `case`
      this.#open = Math.max(0, this.#open - 1)
    } else if (c === ';' || c === '&' || c === '|') {
      if (next === c) this.#i++
      const before = this.#endCall()
      if (c === '|' && next !== '|') this.#fed = spoken(before)
    } else this.#add(c)
  }

  #add(text: string): void {
    this.#word = (this.#word ?? '') + text
  }

  #single(): void {
    const to = this.#until("'", this.#i + 1)
    this.#add(this.#text.slice(this.#i + 1, to))
    this.#i = to + 1
  }

  #double(): void {
    this.#add('')
    this.#i++
    while (this.#i < this.#text.length && this.#text[this.#i] !== '"') {
      const c = this.#text[this.#i]!
      const next = this.#text[this.#i + 1]
      if (c === '\\' && next !== undefined && '"\\$`'.includes(next)) {
        this.#add(next)
        this.#i += 2
      } else if (c === '$') this.#dollar(next, true)
      else if (c === '`') this.#ticks()
      else {
        this.#add(c)
        this.#i++
      }
    }
    this.#i++
  }

  #ticks(): void {
    const to = this.#until('`', this.#i + 1)
    this.#nest(this.#text.slice(this.#i + 1, to))
    this.#add('$()')
    this.#i = to + 1
  }

  #dollar(next: string | undefined, isQuoted = false): void {
    if (next === "'" && !isQuoted) {
      this.#i++
      this.#single()
      return
    }
    if (next === '(') {
      const to = closing(this.#text, this.#i + 1)
      const inner = this.#text.slice(this.#i + 2, to)
      if (!inner.startsWith('(')) this.#nest(inner) // $(( )) counts
      this.#add('$()')
      this.#i = to + 1
      return
    }
    if (next === '{') {
      const to = this.#until('}', this.#i)
      this.#add(this.#text.slice(this.#i, to + 1))
      this.#i = to + 1
      return
    }
    this.#add('$')
    this.#i++
  }

  #redirect(next: string | undefined): void {
    if (this.#word !== undefined && /^\d+$/.test(this.#word)) this.#word = undefined
    this.#endWord()
    if (next === '>' || next === '|') this.#i++
    if (next === '&') this.#i++
    else if (next === '(') return // >(…): a subshell as any other
    this.#isTarget = true
  }

  #input(next: string | undefined): void {
    this.#endWord()
    if (next === '<' && this.#text[this.#i + 1] === '<') {
      this.#i += 2 // <<< word: what it is fed
      this.#isSource = true
    } else if (next === '<') {
      this.#i += this.#text[this.#i + 1] === '-' ? 2 : 1
      this.#isDocument = true
    } else if (next !== '(') this.#isSource = true
  }

  #endWord(): void {
    const word = this.#word
    if (word === undefined) return
    this.#word = undefined
    if (this.#isDocument) this.#documents.push({ call: undefined, end: word })
    else if (this.#isTarget) this.#into.push(word)
    else if (this.#isSource) this.#fed ||= word
    else this.#argv.push(word)
    this.#isTarget = false
    this.#isSource = false
    this.#isDocument = false
  }

  #endCall(): Call | undefined {
    this.#endWord()
    const call: Call = { argv: this.#argv, into: this.#into, fed: this.#fed }
    this.#argv = []
    this.#into = []
    this.#fed = ''
    if (call.argv.length === 0 && call.into.length === 0) return undefined
    this.#calls.push(call)
    for (const document of this.#documents) document.call ??= call
    return call
  }

  #endLine(): void {
    this.#endCall()
    for (const { call, end } of this.#documents.splice(0)) {
      const lines = this.#text.slice(this.#i).split('\n')
      const to = lines.findIndex((l) => l.replace(/^\t+/, '') === end)
      const body = lines.slice(0, to < 0 ? lines.length : to).join('\n')
      this.#i = Math.min(this.#text.length, this.#i + body.length + end.length + 2)
      if (call) call.fed = body
    }
  }

  #drop(): void {
    this.#word = undefined
    this.#argv = []
  }

  #nest(script: string): void {
    this.#calls.push(...calls(script, this.#depth + 1))
  }

  #until(c: string, from: number): number {
    const at = this.#text.indexOf(c, from)
    return at < 0 ? this.#text.length : at
  }
}

// spoken is what `echo` and `printf` before a pipe hand on.
function spoken(call: Call | undefined): string {
  const [name, ...words] = call?.argv ?? []
  return name === 'echo' || name === 'printf' ? words.join(' ') : ''
}

// closing is the place of the parenthesis that closes the one at `from`.
function closing(text: string, from: number): number {
  let open = 0
  let quote = ''
  for (let i = from; i < text.length; i++) {
    const c = text[i]!
    if (quote) {
      if (c === quote) quote = ''
    } else if (c === '\\') i++
    else if (c === "'" || c === '"') quote = c
    else if (c === '(') open++
    else if (c === ')' && --open === 0) return i
  }
  return text.length
}
