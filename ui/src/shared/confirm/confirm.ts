// A question before something that cannot be taken back.
import { createStore } from 'zustand/vanilla'

type Question = {
  title: string
  text: string // `backticks` hold what one types
  does: string // the button says what happens
  safe: string // has the focus
  isDanger?: boolean
}
type Asked = Question & { answer: (yes: boolean) => void }

export const asked = createStore<{ now: Asked | undefined }>(() => ({ now: undefined }))

// confirm asks, one question at a time: an earlier one is answered with no.
export function confirm(question: Question): Promise<boolean> {
  asked.getState().now?.answer(false)
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      asked.setState({ now: undefined })
      resolve(yes)
    }
    asked.setState({ now: { ...question, answer } })
  })
}
