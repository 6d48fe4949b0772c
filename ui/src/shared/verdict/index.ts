export { ResultIcon, useSign } from './useSign'
export { useVerdict, verdictWords } from './useVerdict'
