export { FilterField } from './FilterField'
export { type Choice, Pick } from './Pick'
