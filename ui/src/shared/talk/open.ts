// Whether the messages are open, and which conversation. The frame draws them.
import { createStore } from 'zustand/vanilla'

export const panel = createStore<{ isOpen: boolean; conversation: string }>(() => ({
  isOpen: false,
  conversation: 'lab',
}))

export const openTalk = (conversation?: string) =>
  panel.setState((s) => ({ isOpen: true, conversation: conversation ?? s.conversation }))
export const closeTalk = () => panel.setState({ isOpen: false })
export const toggleTalk = () => panel.setState(({ isOpen }) => ({ isOpen: !isOpen }))
