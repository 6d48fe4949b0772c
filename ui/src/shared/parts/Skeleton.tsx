import css from './parts.module.css'

export const Skeleton = ({ width }: { width: number | string }) => (
  <div className={css.skeleton} style={{ width }} aria-hidden="true" />
)
