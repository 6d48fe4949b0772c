// Course is where a log stands, whatever its rows are like.
export interface Course {
  readonly row: number // first row seen
  readonly off: number // pixels of it above the view
  readonly height: number // of the element that a browser scrolls
  readonly place: number // the scrollTop that stands for where the log is
  readonly atEnd: boolean
  readonly isMapped: boolean // the scrollbar is to be put right after a move
  resize(rows: number, view: number, line: number): void
  moved(scrollTop: number): void // a browser scrolled
  settled(scrollTop: number): void // a scrollTop was set from here
  toEnd(): void
  hold(): void // stays at the rows of the end, not at the end
  toRow(row: number, above?: number): void
  by(pixels: number): void
}
