export { androidOf, buildOf, isReady, moodOf, nameOf } from './bench'
export { goesOn, Lab, LabContext, useLab } from './lab'
export { type Order, startRun, useStart } from './start'
