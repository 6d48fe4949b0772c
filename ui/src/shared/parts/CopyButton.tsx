import { Button, type ButtonProps } from '@mantine/core'
import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'

type Props = ButtonProps & { text: string; icon?: ReactNode; children: ReactNode }

// A button that copies, and says so in its own place.
export function CopyButton({ text, icon, children, ...rest }: Props) {
  const [said, setSaid] = useState<'Copied' | 'Not copied'>()
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(undefined), 2000)
    return () => clearTimeout(timer)
  }, [said])
  const shown =
    said === 'Copied' ? <Check size={14} aria-hidden /> : (icon ?? <Copy size={14} aria-hidden />)
  return (
    <Button
      {...rest}
      leftSection={shown}
      onClick={() => copy(text).then((ok) => setSaid(ok ? 'Copied' : 'Not copied'))}
    >
      <span aria-live="polite">{said ?? children}</span>
    </Button>
  )
}

export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false // no permission, or no secure context
  }
}
