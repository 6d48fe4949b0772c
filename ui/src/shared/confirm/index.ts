export { Confirm } from './Confirm'
export { confirm, type Question } from './confirm'
