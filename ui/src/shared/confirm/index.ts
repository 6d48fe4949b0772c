export { Confirm } from './Confirm'
export { confirm } from './confirm'
