import { Skeleton } from '@/shared/parts'
import css from './benches.module.css'

export function SkeletonCard() {
  return (
    <div className={css.card} aria-hidden="true">
      <div className={css.head}>
        <Skeleton width={88} />
        <Skeleton width={120} />
      </div>
      <div className={css.devices}>
        {[0, 1].map((i) => (
          <div key={i} className={css.device}>
            <Skeleton width={16} />
            <Skeleton width={96} />
          </div>
        ))}
      </div>
      <div className={css.foot} />
    </div>
  )
}
