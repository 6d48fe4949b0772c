import { createStore } from 'zustand/vanilla'

// Whether the list of keys is open.
export const help = createStore(() => ({ isOpen: false }))
export const openHelp = () => help.setState({ isOpen: true })
export const closeHelp = () => help.setState({ isOpen: false })
