export { type Parse, storage, type Trouble, trouble } from './storage'
