export {
  faultOf,
  getJSON,
  getText,
  ProblemError,
  postJSON,
  putJSON,
  queryClient,
} from './query'
