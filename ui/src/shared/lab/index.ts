export { goesOn, Lab, LabContext, useLab } from './lab'
export { type Order, useStart } from './start'
