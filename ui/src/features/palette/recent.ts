// What was chosen last, in this browser.
import { storage } from '@/shared/storage'

const most = 20
const parse = (v: unknown) =>
  Array.isArray(v) ? v.filter((id) => typeof id === 'string').slice(0, most) : undefined

export const recent = (): string[] => storage.read<string[]>('found', parse, [])

export function remember(id: string): void {
  storage.write('found', [id, ...recent().filter((other) => other !== id)].slice(0, most))
}
