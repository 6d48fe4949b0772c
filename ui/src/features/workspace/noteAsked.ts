// Which bench a note is being written for: asked for in a menu or by Ctrl+K.
import { createStore } from 'zustand/vanilla'

export const noteAsked = createStore<{ bench: string }>(() => ({ bench: '' }))

export const writeNote = (bench: string) => noteAsked.setState({ bench })
export const closeNote = () => noteAsked.setState({ bench: '' })
