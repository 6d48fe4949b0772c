export { readDraft, useDraft, writeDraft } from './drafts'
