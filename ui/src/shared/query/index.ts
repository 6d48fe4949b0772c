export { getJSON, ProblemError, putJSON, queryClient } from './query'
