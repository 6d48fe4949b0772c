export { closeTalk, openTalk, panel, toggleTalk } from './open'
export {
  notices,
  Talk,
  TalkContext,
  textOf,
  unreadInAll,
  unreadOf,
  useTalk,
  useTalkState,
} from './talk'
