// A line's text on the screen. Its pieces are put into elements that are there
// already: in a flood every row becomes another line twenty times a second, and
// a browser gathers elements that were thrown away only once in a while.

export type Part = {
  tag: 'text' | 'span' | 'mark'
  text: string
  name: string // its class
  style: string
}

type Kid = { tag: Part['tag']; node: Text | HTMLElement; text: Text; name: string; style: string }

export class TextView {
  readonly #into: HTMLElement
  #kids: Kid[] = []
  #isOurs = true // nothing but kids stands there

  constructor(into: HTMLElement) {
    this.#into = into
  }

  // show draws the parts, and after them what else belongs there.
  show(parts: Part[], more?: Node): void {
    if (!this.#isOurs) this.put()
    for (const [i, part] of parts.entries()) {
      const kid = this.#kids[i]
      if (kid?.tag === part.tag) write(kid.text, part.text)
      else this.#place(i, part, kid)
      dress(this.#kids[i]!, part)
    }
    for (const kid of this.#kids.splice(parts.length)) kid.node.remove()
    if (more) {
      this.#into.append(more)
      this.#isOurs = false
    }
  }

  // put shows other nodes in the place of a line.
  put(...nodes: (Node | string)[]): void {
    this.#into.replaceChildren(...nodes)
    this.#kids = []
    this.#isOurs = nodes.length === 0
  }

  #place(i: number, part: Part, before: Kid | undefined): void {
    const text = document.createTextNode(part.text)
    let node: Text | HTMLElement = text
    if (part.tag !== 'text') {
      node = document.createElement(part.tag)
      node.append(text)
    }
    if (before) before.node.replaceWith(node)
    else this.#into.append(node)
    this.#kids[i] = { tag: part.tag, node, text, name: '', style: '' }
  }
}

function dress(kid: Kid, { name, style }: Part): void {
  if (kid.tag === 'text') return
  const element = kid.node as HTMLElement
  if (kid.name !== name) {
    if (name) element.className = name
    else element.removeAttribute('class')
  }
  if (kid.style !== style) {
    if (style) element.style.cssText = style
    else element.removeAttribute('style')
  }
  kid.name = name
  kid.style = style
}

// write changes a text where it is another one.
export function write(node: Text, text: string): void {
  if (node.data !== text) node.data = text
}
