import { AddBench } from './AddBench'
import css from './empty.module.css'

// A lab without a bench: the next thing to do.
export function EmptyLab() {
  return (
    <section className={css.empty}>
      <Drawing />
      <h2>Add the first bench</h2>
      <AddBench />
    </section>
  )
}

const Drawing = () => (
  <svg
    width="104"
    height="52"
    viewBox="0 0 104 52"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.75"
    aria-hidden="true"
  >
    <path d="M2 22h56M6 22v28M54 22v28M6 34h48M14 6h20v14H14zM40 10h11v10H40z" />
    <path d="M60 12h26" strokeDasharray="2 5" stroke="var(--fb-accent)" />
    <circle cx="95" cy="12" r="5" fill="var(--fb-accent)" stroke="none" />
  </svg>
)
