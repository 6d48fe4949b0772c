// Made from the Go types in relay/api and agent/wire by `make gen`. Do not edit.

export interface Documents {
  frame: Frame
  lab_snapshot: LabSnapshot
  bench_snapshot: BenchSnapshot
  user_snapshot: UserSnapshot
  benches: Benches
  runs: Runs
  run_request: RunRequest
  log_line: LogLine
  checks: Checks
  verdict: Verdict
  trial: Trial
  settings: Settings
  history: History
  reservations: Reservations
  all_reservations: AllReservations
  reservation_request: ReservationRequest
  reserved: Reserved
  reservation_history: ReservationHistory
  lab: Lab
  notice: Notice
  jobs: Jobs
  job_request: JobRequest
  search_request: SearchRequest
  search_result: SearchResult
  people: People
  look: Look
  signed_in: SignedIn
  problem: Problem
  block: Block
}
export interface Frame {
  t: string
  v?: number
  i?: number
  token?: string
  name?: string
  conn?: string
  user?: User
  who?: Person
  room?: string
  to?: string
  to_name?: string
  o?: string
  ev?: string
  self?: boolean
  from?: Sender
  at?: string
  ack?: boolean
  ask?: string
  d?: unknown
  m?: string
  ttl?: number
  error?: Fault
  code?: number
  reason?: string
  retry_ms?: number
}
export interface User {
  id: string
  name: string
}
export interface Person {
  id: string
  name: string
  since?: string
  tabs?: number
  at?: Look[]
}
export interface Look {
  bench?: string
  device?: string
  run?: string
  since?: string
}
export interface Sender {
  conn?: string
  id: string
  name: string
}
export interface Fault {
  code: string
  message: string
  hint?: string
  retry?: boolean
  id?: string
}
export interface LabSnapshot {
  benches: Bench[]
  runs: Run[]
  o?: string
  people: Person[]
  reservations: Reservations[]
  messages: Event[]
  notices: Event[]
  jobs: Job[]
  notes: Notes[]
  more?: More
}
export interface Bench {
  id: string
  name: string
  state: 'online' | 'offline'
  reason: string
  seen_at: string
  agent: AgentInfo
  devices: Device[]
  labels: string[]
  flag?: Flag
  rtt_ms: number | null
}
export interface AgentInfo {
  version: string
  os: string
  arch: string
  adb?: string
}
export interface Device {
  id: string
  serial: string
  devpath?: string
  state: string
  reason: string
  hint: string
  model: string
  product: string
  transport_id: number
  properties: {
    [k: string]: string
  }
}
export interface Flag {
  note: string
  since: string
}
export interface Run {
  id: string
  bench: string
  device: string
  command: string
  check?: RunCheck
  act?: Act
  state: 'claimed' | 'accepted' | 'running' | 'unknown' | 'ended'
  outcome?: 'exited' | 'timed_out' | 'cancelled' | 'lost' | 'refused' | 'unknown'
  exit_code?: number
  fault?: Fault
  lines: number
  bytes: number
  timeout_s: number
  kept_from?: number
  link?: string
  by: string
  by_id?: string
  created_at: string
  started_at?: string
  ended_at?: string
  unknown_since?: string
}
export interface RunCheck {
  id: string
  label: string
  pattern: string
  expect: Expect
}
export interface Expect {
  is?: string
  not?: string
  below?: number
  above?: number
  matches?: string
}
export interface Act {
  kind: 'reboot' | 'wait' | 'uninstall' | 'logcat' | 'root' | 'unroot' | 'remount' | 'disable-verity' | 'enable-verity'
  mode?: 'recovery' | 'bootloader' | 'fastboot' | 'sideload' | 'sideload-auto-reboot'
  wait?: boolean
  for?: 'boot' | 'device' | 'recovery' | 'sideload' | 'bootloader' | 'disconnect'
  package?: string
  user?: string
  keep?: boolean
  buffers?: string[]
  filters?: string[]
  since?: string
  dump?: boolean
}
export interface Reservations {
  bench: string
  rev: number
  at: string
  places: Place[]
}
export interface Place {
  device: string
  epoch: number
  holder?: User
  since?: string
  until?: string
  idle_since?: string
  reason?: string
  queue: Waiting[]
  asks: Asking[]
  offer?: Offer
  next?: User
}
export interface Waiting {
  who: User
  since: string
  for_s: number
  note: string
  ticket: number
  position: number
}
export interface Asking {
  who: User
  since: string
  note: string
}
export interface Offer {
  to: User
  note: string
  until: string
}
export interface Event {
  o: string
  room: string
  ev: string
  from?: Sender
  to?: string
  to_name?: string
  at: string
  d: unknown
}
export interface Job {
  id: string
  kind: string
  title: string
  room: string
  asked?: unknown
  by: User
  state: 'running' | 'done' | 'failed' | 'cancelled' | 'lost'
  done: number
  of: number
  started_at: string
  ended_at?: string
  ended_by?: User
  result?: unknown
  fault?: Fault
}
export interface Notes {
  bench: string
  rev: number
  notes: Note[]
}
export interface Note {
  id: string
  text: string
  by: User
  at: string
}
export interface More {
  people?: number
  runs?: number
  reservations?: number
  notes?: number
}
export interface BenchSnapshot {
  bench: Bench
  runs: Run[]
  o?: string
  people: Person[]
  reservations: Reservations[]
  messages: Event[]
  notices: Event[]
  jobs: Job[]
  notes: Notes[]
  more?: More
}
export interface UserSnapshot {
  o?: string
  people: Person[]
  reservations: Reservations[]
  messages: Event[]
  notices: Event[]
  jobs: Job[]
  notes: Notes[]
  more?: More
}
export interface Benches {
  benches: Bench[]
}
export interface Runs {
  runs: Run[]
  next: string
}
export interface RunRequest {
  id?: string
  bench: string
  device: string
  command?: string
  check?: string
  act?: Act
  timeout_s?: number
  ttl_ms?: number
  confirmed?: boolean
  watch?: boolean
}
export interface LogLine {
  n?: number
  t?: string
  stream?: string
  level?: string
  text?: string
  b64?: string
  cont?: boolean
  gap?: Gap
  end?: End
}
export interface Gap {
  from: number
  to: number | null
  reason: string
}
export interface End {
  outcome: 'exited' | 'timed_out' | 'cancelled' | 'lost' | 'refused' | 'unknown'
  exit_code?: number
  fault?: Fault
}
export interface Checks {
  revision: number
  checks: Check[]
  commands: SavedCommand[]
}
export interface Check {
  id: string
  label: string
  command: string
  pattern: string
  expect: Expect
  models?: string[]
  timeout_s?: number
}
export interface SavedCommand {
  id: string
  label: string
  command: string
}
export interface Verdict {
  verdict: 'pass' | 'fail' | 'no_match' | 'not_run' | 'pending'
  found: string
  expected: string
  line?: number
  matched?: string
  from: number
  to: number
  reason: string
  partial?: boolean
}
export interface Trial {
  pattern: string
  expect: Expect
  text: string
}
export interface Settings {
  revision: number
  settings: {
    [k: string]: unknown
  }
}
export interface History {
  commands: PastCommand[]
}
export interface PastCommand {
  command: string
  cut?: boolean
  times: number
  last_at: string
  last_run: string
  bench: string
  device: string
}
export interface AllReservations {
  reservations: Reservations[]
}
export interface ReservationRequest {
  bench?: string
  device?: string
  for_s?: number
  queue?: boolean
  note?: string
  reason?: string
  to?: string
  who?: string
  accept?: boolean
}
export interface Reserved {
  device: string
  epoch: number
  holder?: User
  since?: string
  until?: string
  idle_since?: string
  reason?: string
  queue: Waiting[]
  asks: Asking[]
  offer?: Offer
  next?: User
  granted: boolean
  position: number
}
export interface ReservationHistory {
  records: ReservationRecord[]
  next: number
}
export interface ReservationRecord {
  n: number
  kind: 'grant' | 'end' | 'gap'
  at: string
  bench: string
  device: string
  epoch: number
  who: User
  by?: User
  until?: string
  ticket?: number
  how: string
  text?: string
}
export interface Lab {
  revision: number
  unreserved: 'anyone' | 'reserve'
}
export interface Notice {
  kind:
    | 'bench_offline'
    | 'bench_online'
    | 'reservation_yours'
    | 'reservation_ends'
    | 'reservation_over'
    | 'taken'
    | 'asked'
    | 'ask_refused'
    | 'offered'
    | 'offer_back'
    | 'run_finished'
  text: string
  bench?: string
  device?: string
  run?: string
  who?: User
  note?: string
  until?: string
  in_s?: number
}
export interface Jobs {
  jobs: Job[]
}
export interface JobRequest {
  id?: string
  kind: string
  d: unknown
}
export interface SearchRequest {
  text: string
  bench?: string
}
export interface SearchResult {
  hits: SearchHit[]
  runs: number
  bad: number
  more: boolean
}
export interface SearchHit {
  run: string
  bench: string
  device: string
  n: number
  text: string
}
export interface People {
  people: Person[]
  count: number
  next?: string
}
export interface SignedIn {
  user: User
  expires_at?: string
  choose?: boolean
}
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  hint: string
  id?: string
  mistakes?: Mistake[]
  current?: unknown
}
export interface Mistake {
  place: string
  message: string
}
export interface Block {
  run: string
  first: number
  count: number | null
  gap?: string
  text?: string[]
  t?: [number, number][]
  s?: string
  l?: string
  b64?: number[]
  cont?: number[]
}
