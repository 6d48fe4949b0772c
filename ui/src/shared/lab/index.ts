export { androidOf, buildOf, isReady, moodOf, nameOf } from './bench'
export { useCancel } from './cancel'
export { goesOn, Lab, LabContext, useLab } from './lab'
export { type Order, startRun, useStart } from './start'
