export { useDraft, writeDraft } from './drafts'
