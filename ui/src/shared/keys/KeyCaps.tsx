import css from './keys.module.css'

const words: Record<string, string> = {
  ctrl: 'Ctrl',
  shift: 'Shift',
  alt: 'Alt',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Escape: 'Esc',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
}

// A registered key as caps: 'ctrl+k' is Ctrl K, 'g b' is g then b.
export function KeyCaps({ name }: { name: string }) {
  return (
    <span className={css.caps}>
      {name.split(' ').map((key, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice
        <kbd key={i}>
          {key
            .split(/\+(?=.)/)
            .map(
              (part) =>
                words[part] ?? (part.length === 1 && key.length > 1 ? part.toUpperCase() : part),
            )
            .join(' ')}
        </kbd>
      ))}
    </span>
  )
}
