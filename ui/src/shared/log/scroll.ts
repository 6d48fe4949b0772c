// Where the log stands. A browser caps an element's height (Chromium at
// 33,554,428 px, Firefox at about 17.9 million), so beyond a height that all
// bear the scrollbar is a map: small moves go by pixels, jumps by proportion.

export const tallest = 16_000_000

export class Scroll {
  top = 0 // in pixels of the whole log
  #whole = 0
  #view = 0
  #at = 0 // the element's scrollTop as last seen or set

  // resize takes the height of the whole log and of what is seen of it.
  resize(whole: number, view: number): void {
    this.#whole = whole
    this.#view = view
    this.top = Math.min(this.top, this.end)
  }

  get height(): number {
    return Math.min(this.#whole, tallest)
  }

  get end(): number {
    return Math.max(0, this.#whole - this.#view)
  }

  get atEnd(): boolean {
    return this.top >= this.end - 1
  }

  get #room(): number {
    return Math.max(0, this.height - this.#view)
  }

  get isMapped(): boolean {
    return this.#whole > tallest
  }

  // place is the scrollTop that stands for `top`.
  get place(): number {
    if (!this.isMapped) return this.top
    return this.end === 0 ? 0 : Math.round((this.top / this.end) * this.#room)
  }

  // moved follows the element's scrollTop.
  moved(scrollTop: number): void {
    const by = scrollTop - this.#at
    this.#at = scrollTop
    if (!this.isMapped) this.top = scrollTop
    else if (scrollTop <= 0) this.top = 0
    else if (scrollTop >= this.#room - 1) this.top = this.end
    else if (Math.abs(by) <= this.#view) this.top += by
    else this.top = (scrollTop / this.#room) * this.end
    this.top = Math.max(0, Math.min(this.top, this.end))
  }

  // settled notes a scrollTop that was set from here.
  settled(scrollTop: number): void {
    this.#at = scrollTop
  }

  to(top: number): void {
    this.top = Math.max(0, Math.min(top, this.end))
  }
}
