export { storage, trouble } from './storage'
