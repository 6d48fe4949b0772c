export { clock, heardDate, relayNow } from './clock'
