export { KeyCaps } from './KeyCaps'
export { isSingle, type Keys } from './registry'
export { registry, useKeyboard, useKeys } from './useKeys'
