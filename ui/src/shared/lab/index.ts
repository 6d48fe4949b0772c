export { goesOn, Lab, LabContext, useLab } from './lab'
export { type Order, startRun, useStart } from './start'
