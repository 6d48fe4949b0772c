export { getJSON, getText, ProblemError, putJSON, queryClient } from './query'
