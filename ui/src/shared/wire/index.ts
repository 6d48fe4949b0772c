// The documents of the relay, as types. They are made from the Go types:
// `make gen`.
export type {
  Bench,
  BenchSnapshot,
  Block,
  Device,
  Fault,
  Frame,
  LabSnapshot,
  Problem,
  Run,
  RunRequest,
  User,
} from './api.gen'
